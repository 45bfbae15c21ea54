import { expect } from 'chai'
import { romeDate } from '../../server/shared/dates.ts'
import { makePdf } from '../documents/files.ts'
import { sampleAnswers } from '../procedures/answers.ts'
import type { TestPlatform } from '../support/platform.ts'
import type { Visitor } from '../support/visitor.ts'
import { filingOf, filings, idIn } from '../filings/citizen.ts'

export const SCIA = 'scia-esercizio-di-vicinato-apertura'
/** Who made the drawing, and must sign it. */
export const TECHNICIAN = { nome: 'Luca', cognome: 'Neri', codiceFiscale: 'NRELCU73E27D612Y' }

export const fileOf = (bytes: Uint8Array, name: string): File => new File([new Uint8Array(bytes)], name)

/** A SCIA with a technician's drawing and these files, complete but for signatures: its filer stands on the summary. */
export async function draftedScia(platform: TestPlatform, visitor: Visitor, files: Readonly<Record<string, File>>) {
  const { allegati, ...sample } = sampleAnswers(romeDate(new Date()))[SCIA] ?? {}
  expect(allegati, 'files of the sample are others').not.to.equal(undefined)
  const first = await visitor.fill(await visitor.get(`/servizi/${SCIA}/avvia`), {
    privacy: 'letta',
    perChi: 'professionista',
    cfImpresa: '99000200016',
    denominazione: 'Bottega Ferri S.r.l.',
  })
  const id = idIn(first)
  const { answers } = await filingOf(platform, id)
  const all = { ...answers, ...sample, disegno: 'tecnico', tecnico: TECHNICIAN }
  await filings(platform).updateOne({ _id: id }, { $set: { answers: all } })
  const notification = fileOf(await makePdf('Notifica sanitaria'), 'notifica.pdf')
  const summary = await visitor.submit(
    await visitor.get(`/pratiche/${id}/modulo/documenti`),
    { 'allegati.notificaSanitaria': notification, ...files },
    { button: 'Avanti' },
  )
  expect(summary.url).to.match(/\/riepilogo$/)
  return { visitor, id, summary }
}

/** The declared time changed, which the signature covers; the document below it is whole. */
export function broken(signed: Buffer): Buffer {
  const copy = Buffer.from(signed)
  copy.write('1999', copy.indexOf('(D:20') + 3, 'latin1')
  return copy
}

/** Puts this draft on a version of the procedure in which Paolo and Luca must both sign the mandate. */
export async function wantsBoth({ connection }: TestPlatform, id: string): Promise<void> {
  const versions = connection.collection<{ _id: string; procedure: string; version: number; content: string }>(
    'procedureversions',
  )
  const row = await versions.findOne({ procedure: SCIA })
  if (!row) throw new Error('The SCIA is not published')
  const content = JSON.parse(row.content) as { procedure: { version: number; signature: { documents: object[] } } }
  content.procedure.version = 99
  content.procedure.signature.documents[1] = {
    ...content.procedure.signature.documents[1],
    signers: [
      { person: '/titolare', role: 'titolare' },
      { person: '/tecnico', role: 'tecnico' },
    ],
    quorum: 'all',
  }
  const both = { ...row, _id: `${SCIA}@99`, version: 99, content: JSON.stringify(content) }
  await versions.replaceOne({ _id: both._id }, both, { upsert: true })
  await filings({ connection }).updateOne({ _id: id }, { $set: { 'procedure.version': 99 } as never })
}
