import type { Documents } from '../documents/index.ts'
import type { FilingStore } from '../filings/index.ts'
import type { Handler, NewTask } from '../history/index.ts'
import { partyName, type Party } from '../shared/party.ts'
import type { Invitation, InvitationStore } from './invitation.ts'
import type { Tell } from '../shared/tell.ts'

type Told = 'invited' | 'withdrawn' | 'signed' | 'declined'

/** The task that tells what became of an invitation (`told`); its words are made when it runs. */
export const invitationTold = ({ id, municipality }: Invitation, told: Told): NewTask => ({
  key: `invitation:${id}:${told}`,
  kind: 'invitation-told',
  municipality,
  payload: { invitation: id, told },
})

type Deps = { store: FilingStore; invitations: InvitationStore; documents: Documents; tell: Tell }
type Words = Readonly<{ subject: string; text: string }>

/** Tells the signer that they are asked, or no longer; and who asks, that somebody signed or will not. */
export function createInvitationTask({ store, invitations, documents, tell }: Deps): Handler {
  return async ({ invitation: id, told }, { municipality, key }) => {
    const invitation = await invitations.find(municipality, String(id))
    const filing = invitation && (await store.find(municipality, invitation.filing))
    // Discarded meanwhile, with all that belonged to it: there is nothing left to tell of.
    if (!filing) return
    const document = await documents.find(municipality, invitation.document)
    const about = { invitation, document: document?.name ?? 'il documento', title: filing.procedure.title }
    const isForFiler = told === 'signed' || told === 'declined'
    const address = isForFiler ? emailOf(invitation.by) : invitation.email
    await tell({
      key,
      municipality,
      to: { cf: isForFiler ? filing.owner : invitation.signer.cf, ...(address ? { email: address } : {}) },
      ...WORDS[told as Told](about),
      filing: isForFiler ? filing.id : null,
    })
  }
}

const emailOf = (party: Party): string | undefined => ('email' in party ? party.email : undefined)

type About = Readonly<{ invitation: Invitation; document: string; title: string }>

const WORDS: Readonly<Record<Told, (about: About) => Words>> = {
  invited: ({ invitation: { by, signer }, document, title }) => ({
    subject: 'C’è un documento da firmare',
    text: `${partyName(by)} ti chiede di firmare digitalmente «${document}» per la richiesta «${title}», come ${signer.role}.\n\nLo trovi nella tua area personale, alla voce Da firmare: scaricalo, firmalo con il tuo programma di firma e ricaricalo lì. Della richiesta vedi solo questo documento.`,
  }),
  withdrawn: ({ invitation: { by }, document, title }) => ({
    subject: 'Una firma non serve più',
    text: `${partyName(by)} ha ritirato l’invito a firmare «${document}» per la richiesta «${title}». Non devi fare nulla.`,
  }),
  signed: ({ invitation: { signer }, document, title }) => ({
    subject: `${signer.name} ha firmato`,
    text: `${signer.name} (${signer.role}) ha firmato «${document}» per la tua richiesta «${title}». Il file firmato ha preso il posto di quello che avevi caricato.\n\nNel riepilogo della richiesta vedi se mancano altre firme.`,
  }),
  // Where any of several signatures is enough, theirs may not be needed any more by the time this is read.
  declined: ({ invitation: { signer, reason }, document, title }) => ({
    subject: `${signer.name} non vuole firmare`,
    text: `${signer.name} (${signer.role}) ha detto di non voler firmare «${document}» per la tua richiesta «${title}».${reason === null ? '' : `\n\nHa scritto: «${reason}»`}\n\nSe la sua firma serve ancora, nel riepilogo della richiesta puoi mandare un nuovo invito o sostituire il documento.`,
  }),
}
