import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { PAPER, readForm, withToken, type Documents, type StoredDocument } from '../documents/index.ts'
import { citizenOf } from '../filings/index.ts'
import { citizenLogin } from '../identity/index.ts'
import { municipalityOf } from '../municipalities/index.ts'
import type { SignaturePolicy, Transition } from '../procedures/index.ts'
import { confirmAt } from '../web/confirmation.ts'
import { takeUnsent } from '../web/park.ts'
import { bodyText, param } from '../web/request.ts'
import {
  isUnseen,
  seenOn,
  stepDone,
  stepPageOf,
  textErrorBesideFiles,
  transitionFor,
  transitionToRead,
  type ProgressService,
} from '../workflow/index.ts'

export type AnswerServices = { progress: ProgressService; documents: Documents; now: () => Date }

/** What came with a step. `seen`: the last event on the page from which it comes, by its number. */
type Answer = { text: string; files: StoredDocument[]; seen: number | null }

/** The filer's own steps on a filing: answering a request of the office, presenting observations. */
export function answerRoutes({ progress, documents, now }: AnswerServices): Router {
  const router = Router()

  router.get('/pratiche/:id/passo/:step', async (req, res) => {
    const municipality = municipalityOf(res)
    const actor = citizenOf(citizenLogin(req))
    const open = await progress.openToAct(municipality.id, param(req, 'id'), actor)
    const transition = transitionFor(open, param(req, 'step'), open.actor)
    const parked = takeUnsent(req, res)
    const typed = { text: bodyText(parked, 'testo'), seen: seenOn(parked) ?? seenOn(req.query) }
    res.render('pages/personal-area/answer', stepPageOf(open, transition, { base: '/pratiche', error: null, ...typed }))
  })

  router.post('/pratiche/:id/passo/:step', async (req, res) => {
    const municipality = municipalityOf(res)
    const actor = citizenOf(citizenLogin(req))
    const id = param(req, 'id')
    const open = await progress.openToAct(municipality.id, id, actor)
    const transition = await withToken(req, () => transitionToRead(open, param(req, 'step')))
    const answer: Answer = { text: '', files: [], seen: null }
    try {
      const policy = open.procedure.signature.activeContent
      const refused = await readAnswer({ documents, now }, req, { res, answer, policy, sender: actor.owner })
      if (refused) throw withText(refused, transition, answer.text)
      await progress.advance(municipality, id, transition.id, {
        actorNow: () => Promise.resolve(actor),
        content: { reasons: answer.text, days: null, files: answer.files },
        seen: answer.seen,
      })
    } catch (error) {
      // The answer was not written: its files were never received, and nothing is left half done.
      await documents.abandon(answer.files)
      if (!(error instanceof AppError) || !isOfForm(error)) throw error
      // As it is now: its files may have been long on their way.
      const now = await progress.open(municipality.id, id, actor)
      const { text, seen, files } = answer
      const shown = {
        base: '/pratiche',
        error: isUnseen(error) ? null : error,
        text,
        seen,
        filesCame: files.length > 0,
      }
      const page = stepPageOf(now, transitionFor(now, transition.id, now.actor), shown)
      res.status(error.status).render('pages/personal-area/answer', page)
      return
    }
    confirmAt(req, res, `/pratiche/${id}`, stepDone(await progress.open(municipality.id, id, actor)))
  })

  return router
}

/** What the page of the form tells itself, with all that was typed. */
const isOfForm = (error: AppError): boolean =>
  isUnseen(error) || (error.code !== 'NOT_ALLOWED' && error.code !== 'CONFLICT')

type ReadAnswer = { res: Response; answer: Answer; policy: SignaturePolicy['activeContent']; sender: string }

/**
 * Fills `answer` as the request comes in, so that the caller knows what to take back and show when it fails half-way. Gives the failure of
 * the files that were refused.
 */
async function readAnswer(
  { documents, now }: Pick<AnswerServices, 'documents' | 'now'>,
  req: Request,
  { res, answer, policy, sender }: ReadAnswer,
): Promise<AppError | undefined> {
  const form = await readForm(req, async ({ name, stream }) => {
    const document = await documents.receive(stream, {
      municipality: municipalityOf(res).id,
      filing: param(req, 'id'),
      kind: 'integration',
      orphan: true,
      sender,
      name,
      ...PAPER,
      activeContent: policy,
      at: now(),
    })
    answer.files.push(document)
    return document
  })
  // In the order in which the person chose them: they may have arrived in any other.
  const came = form.files.flatMap(({ document }) => document ?? [])
  answer.files = came.filter((file, at) => came.findIndex((other) => isSameFile(file, other)) === at)
  await documents.abandon(came.filter((file) => !answer.files.includes(file)))
  const fields = Object.fromEntries(form.fields)
  answer.text = bodyText(fields, 'testo')
  answer.seen = seenOn(fields)
  const [refused, ...others] = form.files.flatMap(({ error }) => error ?? [])
  return refused && withAll(refused, others)
}

/** The failure of the files with what is wrong with the text: who mends one thing should not learn of the other by sending again. */
function withText(refused: AppError, transition: Transition, text: string): AppError {
  const testo = textErrorBesideFiles(transition, text)
  const { code, message, explanation = '' } = refused
  if (testo === null || !transition.documents) return refused
  return new AppError(code, message, { explanation, cause: refused, errors: { testo, documenti: explanation } })
}

/** The failure of the first file, in whose words those of the others are told as well. */
function withAll(refused: AppError, others: readonly AppError[]): AppError {
  if (others.length === 0) return refused
  const explanation = [refused, ...others].map((one) => one.explanation ?? '').join(' ')
  return new AppError(refused.code, refused.message, { explanation, cause: refused })
}

/** The same file chosen twice. Under another name it is kept: the office may have asked for both. */
const isSameFile = (one: StoredDocument, other: StoredDocument): boolean =>
  one.sha256 === other.sha256 && one.name === other.name
