import { Router } from 'express'
import { requireOfficerLogin } from '../identity/index.ts'
import { hasErrors } from '../shared/form-body.ts'
import { normaliseCodiceFiscale } from '../shared/italian/index.ts'
import { confirmAt } from '../web/confirmation.ts'
import { insteadAt, takeUnsent } from '../web/park.ts'
import { bodyText, param } from '../web/request.ts'
import { deskVisit, type HouseVisit } from './desk-access-routes.ts'
import type { DeskService } from './desk-service.ts'
import type { Family } from './family-service.ts'
import { BASE, familyPage } from './family-views.ts'
import type { DeclarationForm } from './family.ts'
import { OFFICER_LEVEL } from './officer.ts'

type Services = Readonly<{ family: Family; desks: DeskService }>

/** Each officer's own declarations: no role lets anybody see those of another. */
export function familyRoutes({ family, desks }: Services): Router {
  const router = Router()
  const visit = deskVisit(desks)
  router.use(requireOfficerLogin(OFFICER_LEVEL))

  const declared = ({ municipality, desk }: HouseVisit) => family.ofOfficer(municipality.id, desk.actor.cf)

  router.get('/', async (req, res) => {
    const at = await visit(req, res)
    const form = declarationForm(takeUnsent(req, res))
    res.render('pages/offices/family', familyPage(at, { all: await declared(at), form }))
  })

  router.post('/', async (req, res) => {
    const at = await visit(req, res)
    const form = declarationForm(req.body)
    const errors = await family.declare(at.municipality.id, at.desk.actor.cf, form)
    if (hasErrors(errors)) {
      res.status(422).render('pages/offices/family', familyPage(at, { all: await declared(at), form, errors }))
      return
    }
    confirmAt(req, res, BASE, { title: 'La dichiarazione è registrata' })
  })

  router.get('/ritira/:id', insteadAt(BASE))

  router.post('/ritira/:id', async (req, res) => {
    const { municipality, desk } = await visit(req, res)
    await family.withdraw(municipality.id, desk.actor.cf, param(req, 'id'))
    confirmAt(req, res, BASE, { title: 'Hai ritirato la dichiarazione' })
  })

  return router
}

const declarationForm = (body: unknown): DeclarationForm => ({
  cf: normaliseCodiceFiscale(bodyText(body, 'cf').slice(0, 200)),
  legame: bodyText(body, 'legame'),
})
