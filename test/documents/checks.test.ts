import { expect } from 'chai'
import fc from 'fast-check'
import { Readable } from 'node:stream'
import { contentStart, signedContent } from '../../server/documents/ber.ts'
import { checkFile } from '../../server/documents/check-file.ts'
import { indexOf, readRange, windowed, type ContentSource } from '../../server/documents/content-source.ts'
import { innermostContent, sniffInside } from '../../server/documents/p7m-content.ts'
import { sniff } from '../../server/documents/sniff.ts'
import { jpegWithPreview, makeDocx, makeOdt, makePdf, makeZip, PNG_BYTES, TIFF_BYTES } from './files.ts'
import { createSigner } from './openssl.ts'

/** Bytes as stored content, in pieces of that length; `reads` counts what the database would be asked. */
function sourceOf(bytes: Buffer, piece = 1024): ContentSource & { reads: () => number } {
  let reads = 0
  function* pieces(start: number, end: number): Generator<Buffer> {
    for (let at = start; at < end; at += piece) yield bytes.subarray(at, Math.min(end, at + piece))
  }
  return {
    size: bytes.length,
    reads: () => reads,
    open: (start, end) => {
      reads += 1
      return Readable.from(pieces(start, Math.min(end, bytes.length)), { objectMode: false })
    },
  }
}

/** Element of BER with a length of four octets. */
function ber(tag: number, ...inside: Buffer[]): Buffer {
  const body = Buffer.concat(inside)
  const header = Buffer.from([tag, 0x84, 0, 0, 0, 0])
  header.writeUInt32BE(body.length, 2)
  return Buffer.concat([header, body])
}

/** A CMS SignedData around that octet string, without signers. */
function message(octets: Buffer): Buffer {
  const [signedData, data] = ['06092a864886f70d010702', '06092a864886f70d010701'].map((hex) => Buffer.from(hex, 'hex'))
  const [version, empty] = [Buffer.from([2, 1, 1]), Buffer.from([0x31, 0])]
  const content = ber(0x30, data!, ber(0xa0, octets))
  return ber(0x30, signedData!, ber(0xa0, ber(0x30, version, empty, content, empty)))
}

describe('reading stored content by ranges', () => {
  it('finds a pattern also across two pieces, and not beyond the limit', async () => {
    const bytes = Buffer.from('abcdefghijklm')
    await fc.assert(
      fc.asyncProperty(
        fc.nat(12),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(13),
        async (at, length, piece, limit) => {
          const pattern = bytes.subarray(at, at + length)
          const expected = bytes.subarray(0, limit).indexOf(pattern)
          expect(await indexOf(sourceOf(bytes, piece), pattern, { limit })).to.equal(expected)
        },
      ),
    )
  })

  it('gives the same bytes through the window, in any order and at once', async () => {
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251))
    const content = windowed(sourceOf(bytes))
    const range = fc.tuple(fc.nat(200_000), fc.nat(3000))
    await fc.assert(
      fc.asyncProperty(fc.array(range, { maxLength: 6 }), async (ranges) => {
        const found = await Promise.all(ranges.map(([start, length]) => readRange(content, start, start + length)))
        found.forEach((each, i) =>
          expect(each.equals(bytes.subarray(ranges[i]![0], ranges[i]![0] + ranges[i]![1]))).to.equal(true),
        )
      }),
      { numRuns: 50 },
    )
  })

  it('does not ask the database again for what lies close', async () => {
    const source = sourceOf(makeZip(Array.from({ length: 900 }, (_, i) => ({ name: `${i}.txt`, bytes: 'x' }))))
    expect((await checkFile(source, 'application/zip')).defect).to.equal(undefined)
    expect(source.reads()).to.be.below(20)
  })

  it('gives up on a JPEG made of nothing but segments', async () => {
    const source = sourceOf(
      Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(4_000_000, Buffer.from([0xff, 0xe0, 0, 2]))]),
    )
    expect(await checkFile(source, 'image/jpeg')).to.include({ defect: 'damaged' })
    expect(source.reads()).to.be.below(5)
  })
})

describe('the checks of files that someone has tampered with', () => {
  const signer = createSigner()
  after(() => signer.remove())

  it('answer, whatever the bytes: nothing throws, nothing hangs', async () => {
    const pdf = await makePdf()
    const samples: [string, Buffer][] = [
      ['application/pdf', pdf],
      ['application/pkcs7-mime', signer.sign(pdf)],
      ['application/pkcs7-mime', signer.sign(pdf, '-stream')],
      ['application/pkcs7-mime', signer.sign(pdf, '-outform', 'PEM')],
      ['image/jpeg', jpegWithPreview()],
      ['image/png', PNG_BYTES],
      ['image/tiff', TIFF_BYTES],
      ['application/zip', makeDocx()],
      ['application/zip', makeOdt()],
      ['application/zip', makeZip([{ name: 'a.pdf', bytes: pdf }])],
    ]
    const change = fc.record({ at: fc.nat(3000), byte: fc.nat(255), cut: fc.option(fc.nat(3000), { freq: 4 }) })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        async ([mediaType, sample], changes) => {
          let bytes = Buffer.from(sample)
          for (const { at, byte, cut } of changes) {
            bytes[at % bytes.length] = byte
            if (cut !== null && cut > 0) bytes = bytes.subarray(0, Math.max(1, cut % bytes.length))
          }
          sniff(bytes, 'a.p7m')
          sniffInside(bytes, 'a.p7m')
          innermostContent(bytes)
          expect(await checkFile(sourceOf(bytes), mediaType)).to.have.property('mediaType')
        },
      ),
      { numRuns: 1000 },
    )
  })

  it('do not follow a structure that is nested without end', () => {
    const nested = Buffer.concat([Buffer.alloc(40_000, Buffer.from([0x30, 0x80])), Buffer.alloc(80_000)])
    expect(signedContent(nested)).to.equal(undefined)
    expect(contentStart(nested)).to.equal(undefined)
  })

  it('give up on content in more pieces than a signing program makes, at one level or at many', () => {
    const many = Buffer.alloc(200_000 * 2, Buffer.from([0x04, 0]))
    const half = ber(0x24, many)
    expect(signedContent(message(half))).to.deep.equal(Buffer.alloc(0))
    expect(signedContent(message(ber(0x24, Buffer.concat([many, many]))))).to.equal(undefined)
    expect(signedContent(message(ber(0x24, Buffer.concat([half, half]))))).to.equal(undefined)
  })

  it('take out exactly what was signed, however it was cut in pieces', async () => {
    for (const size of [1, 4095, 4096, 70_000]) {
      const content = Buffer.alloc(size, 'x')
      for (const options of [[], ['-stream']])
        expect(signedContent(signer.sign(content, ...options))?.equals(content), `${size} ${options.join()}`).to.equal(
          true,
        )
    }
  })
})
