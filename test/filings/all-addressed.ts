import { expect } from 'chai'
import { addDays, romeDate } from '../../server/shared/dates.ts'
import { draftedScia, fileOf } from '../cosigning/signed-scia.ts'
import { makePdf } from '../documents/files.ts'
import { eventually } from '../support/eventually.ts'
import type { TestPlatform } from '../support/platform.ts'
import type { Page, Visitor } from '../support/visitor.ts'
import { begunIn, readyIn, REPORT } from './citizen.ts'

/** A report that was sent, a draft that waits for a signature, a mandate for the report, a correction: all that the addresses name. */
export async function filed(platform: TestPlatform, filer: Visitor): Promise<Record<string, string>> {
  const { summary, id } = await readyIn(await begunIn(filer))
  await filer.submit(summary)
  const paper = async (name: string) => fileOf(await makePdf(name), `${name}.pdf`)
  const draft = await draftedScia(platform, filer, {
    'allegati.scia': await paper('scia'),
    'allegati.planimetria': await paper('planimetria'),
    'allegati.procura': await paper('procura'),
  })
  await filer.submit(draft.summary, { email: '' }, { button: /^Invita a firmare \(Luca Neri/ })
  const today = romeDate(new Date())
  const marco = { nome: 'Marco', cognome: 'Rinaldi', codiceFiscale: 'RNLMRC81C02D653D' }
  const given = { ...marco, ambito: 'pratica', pratica: id, dal: today, al: addDays(today, 30) }
  const mandate = await filer.fill(await filer.get('/area-personale/deleghe/nuova'), given)
  const correction = await filer.submit(await filer.get('/area-personale/i-miei-dati/rettifica'), {
    dato: 'Telefono',
    errato: 'Manca una cifra.',
    corretto: '075 5550100',
  })
  const idOf = async (collection: string, filing: string) =>
    String((await platform.connection.collection(collection).findOne({ filing }))?._id)
  await eventually(async () => expect(await idOf('messages', id)).not.to.equal('undefined'))
  return {
    filing: id,
    draft: draft.id,
    procedure: REPORT,
    documents: 'documenti',
    answer: 'integra',
    charge: 'prendi-in-carico',
    document: await idOf('documents', id),
    invitation: await idOf('signatureInvitations', draft.id),
    message: await idOf('messages', id),
    entry: await idOf('registerentries', id),
    mandate: lastOf(mandate),
    correction: lastOf(correction),
  }
}

const lastOf = ({ url }: Page): string => new URL(url).pathname.split('/').at(-1) ?? ''
