/** A generator of damaged inputs that gives the same ones every time (mulberry32). */
export function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Random = ReturnType<typeof createRandom>

const MUTATIONS: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, random) => set(bytes, random(bytes.length), random(256)),
  (bytes, random) => set(bytes, random(bytes.length), bytes[random(bytes.length)]!),
  (bytes, random) => bytes.subarray(0, random(bytes.length)),
  (bytes, random) => Buffer.concat([bytes.subarray(0, random(bytes.length)), bytes.subarray(random(bytes.length))]),
  (bytes, random) => {
    const at = random(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + random(8), random(256)), bytes.subarray(at)])
  },
  (bytes, random) => {
    const at = random(bytes.length)
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at).subarray(random(40))])
  },
  (bytes, random) => replaceNumber(bytes, random),
]

function set(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = value
  return copy
}

/** Changes one of the numbers that PDFs are made of: offsets, lengths, object numbers. */
function replaceNumber(bytes: Buffer, random: Random): Buffer {
  const text = bytes.toString('latin1')
  const numbers = [...text.slice(0, 200_000).matchAll(/\b\d{1,8}\b/g)]
  const chosen = numbers[random(numbers.length || 1)]
  if (!chosen) return bytes
  return Buffer.from(
    text.slice(0, chosen.index) + String(random(100_000)) + text.slice(chosen.index + chosen[0].length),
    'latin1',
  )
}

/** One damaged version of `bytes`: one to three mutations. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let result = bytes
  for (let count = 1 + random(3); count > 0 && result.length > 0; count--)
    result = MUTATIONS[random(MUTATIONS.length)]!(result, random)
  return result
}
