import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { requireOfficerLogin } from '../identity/index.ts'
import type { KeyOwner, WantedCode } from '../keys/index.ts'
import { attachmentHeaders } from '../shared/attachment.ts'
import { romeDate } from '../shared/dates.ts'
import { hasErrors, type FormErrors } from '../shared/form-body.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeUnsent } from '../web/park.ts'
import { bodyChoices, bodyText, param, pathOf } from '../web/request.ts'
import { MOST_SIGNATURES, type ChosenLetter, type LetterSignatures, type WaitingLetter } from '../workflow/index.ts'
import type { Consultations } from './consultation-service.ts'
import { houseVisit, officerNow, type HouseVisit } from './desk-access-routes.ts'
import type { DeskService } from './desk-service.ts'
import { OFFICER_LEVEL } from './officer.ts'
import { boxOf, nameOf, sendBackPage, toSignPage } from './to-sign-views.ts'

/** Keys of persons: whether there is one, the one-time code that it asks for, and having it sent. */
type Keys = {
  has: (owner: KeyOwner) => boolean
  wantedCode: (owner: KeyOwner) => Promise<WantedCode | null>
  sendCode: (owner: KeyOwner) => Promise<string | null>
}

type Services = {
  consultations: Consultations
  desks: DeskService
  signatures: LetterSignatures
  keys: Keys
  now: () => Date
}

/** Letters that wait for the signature of a head of office. */
export function toSignRoutes(services: Services): Router {
  const router = Router()
  router.use(requireOfficerLogin(OFFICER_LEVEL))
  router.get('/', async (req, res) => {
    const ticked = bodyChoices(takeUnsent(req, res), 'scelte')
    await showList(services, req, res, { all: req.query['tutti'] === '1', ticked })
  })
  router.post('/', async (req, res) => sign(services, req, res))
  router.use('/:id', letterRoutes(services))
  return router
}

function letterRoutes({ consultations, desks, signatures }: Services): Router {
  const router = Router({ mergeParams: true })

  router.get('/documento', async (req, res) => {
    const { municipality, desk } = await signingDesk(desks, req, res)
    const letter = await signatures.preview(municipality, chosenIn(req), desk.actor)
    const look = { actor: desk.actor, what: 'document', page: pathOf(req) } as const
    await consultations.ofFiling(municipality.id, param(req, 'id'), look)
    res.set(attachmentHeaders('da-firmare.pdf', 'application/pdf')).send(Buffer.from(letter))
  })

  const showSendBack = async (req: Request, res: Response, shown: { errors: FormErrors; text: string }) => {
    const { municipality, desk } = await signingDesk(desks, req, res)
    const { transition, open } = await signatures.stepToSign(municipality, chosenIn(req), desk.actor)
    const letter = nameOf({ label: transition.label, filing: open.filing })
    const page = { action: req.originalUrl, ...letter, ...shown }
    res.render('pages/offices/send-back', sendBackPage(municipality, desk, page))
  }

  router.get('/restituisci', (req, res) =>
    showSendBack(req, res, { errors: {}, text: bodyText(takeUnsent(req, res), 'motivo') }),
  )

  router.post('/restituisci', async (req, res) => {
    const { municipality, desk } = await signingDesk(desks, req, res)
    const reasons = bodyText(req.body, 'motivo')
    try {
      await signatures.sendBack(municipality, chosenIn(req), { actor: desk.actor, reasons })
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'INVALID_INPUT') throw error
      res.status(error.status)
      await showSendBack(req, res, { errors: { motivo: error.explanation ?? 'Controlla i dati.' }, text: reasons })
      return
    }
    confirmAt(req, res, '/ufficio/firme', {
      title: 'Hai restituito il documento senza firmarlo',
      text: [
        'La pratica è di nuovo dell’ufficio, che legge il motivo nella sua storia. Il cittadino non riceve nulla.',
      ],
    })
  })

  return router
}

async function sign(services: Services, req: Request, res: Response): Promise<void> {
  const { desks, signatures } = services
  const { municipality, desk } = await signingDesk(desks, req, res)
  const ticked = bodyChoices(req.body, 'scelte')
  if (bodyText(req.body, 'azione') === 'codice') {
    const shown = await codeSent(services.keys, ownerOf(municipality, desk))
    if (shown.errors) res.status(503)
    await showList(services, req, res, { ticked, ...shown })
    return
  }
  const pin = bodyText(req.body, 'pin')
  const code = bodyText(req.body, 'codice')
  const errors = missing(req.body, { ticked, pin, code })
  if (hasErrors(errors)) {
    res.status(422)
    await showList(services, req, res, { ticked, errors })
    return
  }
  const before = await signatures.waiting(municipality.id, desk.actor, desk.offices)
  const actorNow = officerNow(desks, req, res, 'sign-letters')
  const outcomes = await signatures.signAll(municipality, ticked.map(chosenOf), { actorNow, pin, code })
  // What was not signed stays chosen: after a wrong PIN one corrects the PIN.
  await showList(services, req, res, { before, outcomes, ticked })
}

type Typed = Readonly<{ ticked: readonly string[]; pin: string; code: string }>

/** All that is wrong, together: a PIN is typed anew each time. */
function missing(body: unknown, { ticked, pin, code }: Typed): FormErrors {
  const choice = ticked.length === 0 ? NONE_CHOSEN : TOO_MANY_CHOSEN
  // The field is there only where the key asks for a code.
  const noCode = code === '' && 'codice' in ((body as object | undefined) ?? {})
  return {
    ...((ticked.length === 0 || ticked.length > MOST_SIGNATURES) && { documenti: choice }),
    ...(pin === '' && { pin: 'Scrivi il PIN della tua firma.' }),
    ...(noCode && { codice: 'Scrivi il codice usa e getta della tua firma.' }),
  }
}

const NONE_CHOSEN = 'Scegli almeno un documento da firmare.'
const TOO_MANY_CHOSEN = `Scegli al massimo ${MOST_SIGNATURES} documenti da firmare in una volta.`

async function codeSent(keys: Keys, owner: KeyOwner): Promise<Pick<Shown, 'sent' | 'errors'>> {
  try {
    return { sent: { challenge: await keys.sendCode(owner) } }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { errors: { codice: error.explanation ?? NOT_SENT } }
  }
}

const NOT_SENT = 'Il codice non è partito: riprova più tardi.'
const ownerOf = ({ id }: HouseVisit['municipality'], { actor }: HouseVisit['desk']): KeyOwner => ({
  municipality: id,
  person: actor.cf,
})

type Shown = Partial<Pick<Parameters<typeof toSignPage>[2], 'before' | 'outcomes' | 'ticked' | 'errors' | 'sent'>> &
  Readonly<{ all?: boolean }>

async function showList({ desks, signatures, keys, now }: Services, req: Request, res: Response, shown: Shown) {
  const { municipality, desk } = await signingDesk(desks, req, res)
  const waiting: readonly WaitingLetter[] = await signatures.waiting(municipality.id, desk.actor, desk.offices)
  // Who signs ticks what they have read: nothing is ticked for them, all of it when they ask.
  const ticked = shown.all ? waiting.map(boxOf) : (shown.ticked ?? [])
  const besides = await desks.besides(
    waiting.map(({ filing }) => filing),
    desk.actor,
  )
  const page = { before: [], outcomes: [], errors: {}, sent: null, ...shown, ...besides, ticked }
  const owner = ownerOf(municipality, desk)
  const hasKey = keys.has(owner)
  const code = hasKey && waiting.length > 0 ? await keys.wantedCode(owner) : null
  res.render(
    'pages/offices/to-sign',
    toSignPage(municipality, desk, { ...page, waiting, hasKey, code, today: romeDate(now()) }),
  )
}

const signingDesk = (desks: DeskService, req: Request, res: Response): Promise<HouseVisit> =>
  houseVisit(desks, 'sign-letters')(req, res)

function chosenIn(req: Request): ChosenLetter {
  const asked = req.query['del']
  return { id: param(req, 'id'), asked: typeof asked === 'string' ? asked : '' }
}

function chosenOf(box: string): ChosenLetter {
  const [id = '', asked = ''] = box.split(' ')
  return { id, asked }
}
