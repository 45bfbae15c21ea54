import { expect } from 'chai'
import { createRandom, mutate } from './fuzz.ts'
import { p7m } from './openssl.ts'
import { pdf, showing, signed } from './pdf-maker.ts'
import { check, sealKeyOf, signer } from './pki.ts'

/**
 * Damaged files: no crash, no hang, and never a valid signature over bytes that were not signed. The suite runs a part of it;
 * `FUZZ=100000 npx mocha test/signing/fuzz.test.ts` runs as many as it says.
 */
const ROUNDS = Number(process.env['FUZZ'] ?? 2_000)

describe(`${ROUNDS} damaged files`, () => {
  it('are reported, and none as valid', async function () {
    this.timeout(Math.max(20_000, ROUNDS * 20))
    const mario = signer()
    const key = sealKeyOf(mario)
    const once = await signed(pdf(), { key, also: showing(20), docMdp: 2 })
    const originals = [
      p7m({ signers: [mario] }),
      p7m({ signers: [mario, signer()], options: ['-md', 'sha256', '-cades', '-stream'] }),
      p7m({ signers: [mario], content: p7m({ signers: [mario] }) }),
      once,
      await signed(once, { key, field: 'Firma2', at: 30, also: showing(20, 30) }),
      pdf(),
    ]
    const random = createRandom(20_261_125)
    for (let round = 0; round < ROUNDS; round++) {
      const original = originals[random(originals.length)]!
      const damaged = mutate(original, random)
      const started = performance.now()
      const report = check(damaged, 'a.bin')
      expect(performance.now() - started, `round ${round}`).to.be.below(5_000)
      if (report.verdict === 'TOTAL-PASSED') expect(signedBytesOf(damaged, originals), `round ${round}`).to.equal(true)
    }
  })
})

/** A mutation may spare what is signed: white space after the end, a later revision cut off whole, the unsigned part of a message. */
function signedBytesOf(damaged: Buffer, originals: readonly Buffer[]): boolean {
  if (damaged[0] === 0x30) return damaged.includes('contenuto firmato')
  const masked = mask(damaged)
  // An update after an intact signed revision is judged by its changes; that a damaged one shows nothing new is allowed.
  return originals.some(
    (original) =>
      mask(original).startsWith(masked) || (original.includes('/ByteRange') && masked.startsWith(mask(original))),
  )
}

/** A PDF without the values of its signatures, which are not signed themselves. */
const mask = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .replace(/\/Contents <[^>]*>/g, '/Contents <>')
    .replace(/[\s\0]+$/, '')
