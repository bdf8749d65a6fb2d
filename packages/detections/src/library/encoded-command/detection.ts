import { defineDetection } from '../../detection.ts'
import { actorWords } from '../../words.ts'
import { looksLike, inlineCode } from '../../programs.ts'

const DECODED =
  /\bbase64\s+(?:-[a-zA-Z]*[dD]|--decode)\b[^|;&]*\|\s*(?:sudo\s+)?(?:\S*\/)?(?:ba|da|z|k)?sh\b|\bbase64\s+(?:-[a-zA-Z]*[dD]|--decode)\b[^|;&]*\|\s*(?:sudo\s+)?(?:\S*\/)?(?:python\d?|node|perl|ruby)\b|\bxxd\s+-r\b[^|]*\|\s*(?:ba|da|z)?sh\b/
const BLOB = /[A-Za-z0-9+/_-]{200,}={0,2}/
const MARKS = /atob|base64|b64decode|unhexlify|fromCharCode|\beval\b|\bexec\(|new Function|decompress/

export const encodedCommand = defineDetection({
  id: 'encoded-command',
  title: 'A command decoded hidden code and ran it',
  severity: 'high',
  confidence: 'medium',
  maturity: 'preview',
  catalogue: ['R07', 'S-09', 'S-13'],
  attack: ['T1140', 'T1059', 'T1027'],
  remedy:
    "Decode the text in the evidence, read it, and find out who put it into the build. A pull request's title or branch name is a usual way in.",
  requires: ['process'],

  match(event, job) {
    if (event.op !== 'exec' || event.argv === undefined) return null
    const code = inlineCode(event.argv)
    if (code === '' || !looksLike(event.exe, event.argv, 'interpreter')) return null
    const hidden = BLOB.test(code) && MARKS.test(code)
    if (!hidden && !DECODED.test(code)) return null
    return {
      message: `${actorWords(job, event)} ran code that it first had to decode.`,
      evidence: { exe: event.exe, code: code.slice(0, 1_024) },
      key: code.slice(0, 64),
    }
  },
})
