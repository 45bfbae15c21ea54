import { Router, type Request, type Response } from 'express'
import { AppError } from '../errors.ts'
import { attachmentHeaders } from '../shared/attachment.ts'
import { pageAsked, param } from '../web/request.ts'
import type { DailyRegisterService } from './daily-register-service.ts'
import { DAYS_ON_A_PAGE, dailyRegistersPage } from './daily-register-views.ts'
import type { Visit } from './register-reader.ts'

type Deps = Readonly<{
  protocol: Pick<DailyRegisterService, 'closedDay' | 'closedDays'>
  visit: (req: Request, res: Response) => Promise<Visit>
}>

/**
 * The registers of the days that are closed, for who must bring them to the conservation system: the protocol service alone (DPR
 * 445/2000 art. 61), because reserved entries are in them too. Others find no such page.
 */
export function dailyRegisterRoutes({ protocol, visit }: Deps): Router {
  const router = Router()

  async function opened(req: Request, res: Response): Promise<Visit> {
    const seen = await visit(req, res)
    if (!seen.reader.protocolService)
      throw new AppError('NOT_FOUND', 'Only the protocol service has the daily registers')
    return seen
  }

  router.get('/', async (req, res) => {
    const { municipality, reader } = await opened(req, res)
    const found = await pageAsked(req, DAYS_ON_A_PAGE, (number) =>
      protocol.closedDays(municipality.id, { number, size: DAYS_ON_A_PAGE }),
    )
    res.render('pages/protocol/daily-registers', { ...reader.frame, ...dailyRegistersPage(found) })
  })

  router.get('/:date.xml', async (req, res) => {
    const { municipality } = await opened(req, res)
    const register = await protocol.closedDay(municipality.id, param(req, 'date'))
    if (!register) throw new AppError('NOT_FOUND', 'No register of that day')
    // As it was closed, byte for byte: its fingerprint is in the register of the day after.
    res.set(attachmentHeaders(`registro-${register.date}.xml`, 'application/xml')).end(register.xml)
  })

  return router
}
