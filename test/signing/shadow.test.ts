import { expect } from 'chai'
import { join } from 'node:path'
import { changeWords } from '../../server/signing/detail-words.ts'
import { filesOf } from './fixture-files.ts'
import { check } from './pki.ts'

const { read: readShadow, known } = filesOf('shadow')

const ok = 'TOTAL-PASSED'
const failed = 'TOTAL-FAILED/FORMAT_FAILURE'
const judge = 'INDETERMINATE/SIG_CONSTRAINTS_FAILURE'

/**
 * What the first signature is worth after each update, without certification (signatures-and-pdf.md §11, §11.1). The signed page draws
 * three sums under white boxes: a drawing, a layer, an annotation and a field; the file holds a second page tree that nothing shows.
 */
const UPDATES: Record<string, string> = {
  'ok-field': ok,
  'ok-note': ok,
  'ok-dss': ok,
  'ok-signature': ok,
  'ok-signature-in-its-field': ok,
  'hide-cover-emptied': failed,
  'hide-cover-swapped': failed,
  'hide-layer-off': failed,
  'hide-annotation-removed': judge,
  'hide-annotation-hidden': judge,
  'hide-annotation-moved': judge,
  'hide-field-hidden': failed,
  'hide-field-noview': failed,
  'hide-field-moved': failed,
  'hide-field-unshown': failed,
  'replace-font': failed,
  'replace-appearance': judge,
  'replace-appearance-in-place': judge,
  'replace-field-look': failed,
  'replace-form-look': judge,
  'replace-contents': failed,
  'replace-contents-in-place': failed,
  'swap-pages': failed,
  'swap-kids': failed,
  'swap-page-in-place': failed,
  'swap-root': failed,
  'confuse-text-holds-signature': failed,
  'confuse-second-field': failed,
  'confuse-second-text-field': failed,
  'confuse-empty-field-filled': failed,
  'confuse-type-changed': failed,
  'confuse-value-removed': failed,
  'confuse-field-removed': failed,
  'confuse-spoofed-reason': failed,
}

/** Under P=3, where the certifier lets everybody change annotations (ISO 32000-2 table 257): a person is told of it. */
const UNDER_P3: Record<string, string> = {
  ...Object.fromEntries(Object.entries(UPDATES).filter(([name]) => name.startsWith('ok-'))),
  'hide-annotation-removed': ok,
  'hide-annotation-hidden': ok,
  'hide-annotation-moved': ok,
  'hide-field-hidden': failed,
  'confuse-second-field': failed,
}

/** What each library cannot write. */
const MISSING: Record<string, readonly string[]> = {
  pdfbox: ['ok-signature-in-its-field'],
  openpdf: [
    'swap-root',
    'two-fields',
    'text-field',
    'text-and-signature-field',
    'ok-type-inherited',
    'ok-widget-apart',
  ],
  pyhanko: ['swap-root'],
}

/** Fields that were so when they were signed. A signature field may have its type from its parent, and its widget apart. */
const SIGNED_SO: Record<string, string> = {
  'ok-type-inherited': ok,
  'ok-widget-apart': ok,
  'two-fields': ok,
  'text-field': failed,
  'text-and-signature-field': failed,
}

/** Two fields show one signature: it counts once, and the report says so. */
const SHOWN_TWICE = new Set(['two-fields', 'text-and-signature-field'])

for (const [producer, missing] of Object.entries(MISSING))
  describe(`shadow documents and confusing fields of ${producer}`, () => {
    const read = (name: string): Buffer => readShadow(join(producer, name))
    const writable = (rows: Record<string, string>) => Object.entries(rows).filter(([name]) => !missing.includes(name))

    /** The worst signature, which is what the file is worth. */
    function judged(bytes: Buffer) {
      const { signatures, verdict } = check(bytes, 'a.pdf', known)
      const worst = signatures.find(({ indication }) => indication === verdict)
      return { worst, worth: [worst?.indication, worst?.subIndication].filter(Boolean).join('/'), signatures }
    }

    for (const [permission, rows] of [
      ['p0', UPDATES],
      ['p3', UNDER_P3],
    ] as const) {
      const base = read(`${permission}.pdf`)
      it(`${permission} is good as it is`, () => expect(judged(base).worth).to.equal(ok))
      for (const [name, expected] of writable(rows))
        it(`${permission} with ${name} is ${expected}`, () => {
          const { worth, signatures } = judged(Buffer.concat([base, read(`${permission}-${name}.update`)]))
          expect(worth).to.equal(expected)
          const changes = signatures.flatMap(({ modifications }) => modifications)
          expect(changes.map((change) => changeWords(change).text).join()).not.to.include('altra modifica')
          if (expected === judge) expect(changes.map(({ allowed }) => allowed)).to.include(false)
          if (permission === 'p3' && name.startsWith('hide-annotation'))
            expect(changes.map(({ allowed }) => allowed)).to.deep.equal(['flag'])
        })
    }

    for (const [name, expected] of writable(SIGNED_SO))
      it(`signed with ${name} is ${expected}`, () => {
        const { worst, worth, signatures } = judged(read(`${name}.pdf`))
        expect(worth).to.equal(expected)
        expect(signatures).to.have.length(1)
        expect(worst?.errors.join().includes('2 fields')).to.equal(SHOWN_TWICE.has(name))
      })
  })
