export function inheritedDescriptors(): number[]
export function passOn(inherited: readonly number[]): ('inherit' | 'ignore' | number)[]
