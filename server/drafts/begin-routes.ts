import { Router, type Request, type Response } from 'express'
import type { FilingService } from '../filings/index.ts'
import { journey } from '../forms/index.ts'
import { assertLevel, citizenLogin, loginOf } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import { draftNotice, type Catalogue, type ProcedureVersion } from '../procedures/index.ts'
import { takeUnsent } from '../web/park.ts'
import { bodyText, param, seeOther } from '../web/request.ts'
import { errorSummaryOf, type FormBody } from '../shared/form-body.ts'
import { actingChoice } from './acting-choice-views.ts'
import type { Choice } from './acting-choice.ts'
import type { ActingService, Decision } from './acting-service.ts'
import { MOST_DRAFTS, privacyPage } from './begin-views.ts'
import type { DraftService } from './draft-service.ts'

export type BeginServices = {
  drafts: DraftService
  filings: FilingService
  acting: ActingService
  catalogue: Catalogue
  newId: () => string
}
/** What was sent and must be put right. */
type Sent = Readonly<{ choices: readonly Choice[]; body: FormBody; decision: Decision | null; unread: boolean }>

/** The first phase of a request: for whom it is, and how the data are used (GDPR art. 13). */
export function beginRoutes(services: BeginServices): Router {
  const { drafts, acting, newId } = services
  const router = Router()

  router.get('/servizi/:procedure/avvia', async (req, res) => {
    const procedure = await procedureOf(services, req, res)
    const choices = await acting.choices(municipalityOf(res).id, procedure, citizenLogin(req))
    const sent = { choices, body: takeUnsent(req, res) ?? {}, decision: null, unread: false }
    await show(services, req, res, { procedure, sent })
  })

  router.post('/servizi/:procedure/avvia', async (req, res) => {
    const { id: municipality } = municipalityOf(res)
    const procedure = await procedureOf(services, req, res)
    const login = citizenLogin(req)
    const body = (req.body ?? {}) as FormBody
    const choices = await acting.choices(municipality, procedure, login)
    const decision = await acting.decide(choices, body, login)
    const unread = bodyText(body, 'privacy') !== 'letta'
    if (!decision.acting || unread) {
      res.status(422)
      await show(services, req, res, { procedure, sent: { choices, body, decision, unread } })
      return
    }
    const key = bodyText(body, 'chiave') || newId()
    const draft = await drafts.begin(municipality, login, { procedure: procedure.id, key, acting: decision.acting })
    seeOther(res, `/pratiche/${draft.id}/modulo/${journey(procedure.form, draft.answers)[0]?.id ?? ''}`)
  })

  return router
}

const UNREAD = 'Conferma di aver letto l’informativa per continuare.'

async function procedureOf({ catalogue }: BeginServices, req: Request, res: Response): Promise<ProcedureVersion> {
  const procedure = await catalogue.find(municipalityOf(res).id, param(req, 'procedure'))
  assertLevel(loginOf(req), procedure.login.level)
  return procedure
}

async function show(
  { filings, catalogue, newId }: BeginServices,
  req: Request,
  res: Response,
  { procedure, sent }: { procedure: ProcedureVersion; sent: Sent },
): Promise<void> {
  const municipality = municipalityOf(res)
  const login = citizenLogin(req)
  const { choices, body, decision, unread } = sent
  const { errors = {}, undecided = null } = decision ?? {}
  // One more than are shown, to know whether there are more.
  const own = await filings.draftsOf(municipality.id, login, { procedure: procedure.id, most: MOST_DRAFTS + 1 })
  const page = privacyPage(procedure, municipality, { key: bodyText(body, 'chiave') || newId(), drafts: own })
  const acting = actingChoice({ choices, body, errors, undecided, login })
  const errorSummary = errorSummaryOf({ ...acting?.errors, ...(unread ? { privacy: UNREAD } : {}) })
  res.render('pages/drafts/privacy', {
    ...page,
    title: errorSummary ? `Errore: ${page.title}` : page.title,
    errorSummary,
    service: draftNotice(await catalogue.state(municipality.id, procedure.id)),
    acting,
    read: bodyText(body, 'privacy') === 'letta',
    error: unread ? UNREAD : null,
  })
}
