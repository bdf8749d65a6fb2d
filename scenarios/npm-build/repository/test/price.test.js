import assert from 'node:assert/strict'
import test from 'node:test'
import { quote } from '../src/price.js'

test('a small order costs the list price', () => {
  assert.equal(quote(2, 150).total, 300)
})

test('ten pieces are five percent cheaper', () => {
  assert.equal(quote(10, 100).total, 950)
})
