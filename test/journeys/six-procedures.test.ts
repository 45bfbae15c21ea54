import { expect } from 'chai'
import { romeDate } from '../../server/shared/dates.ts'
import { sampleAnswers } from '../procedures/answers.ts'
import { testBrowser } from '../support/browser.ts'
import { testPlatform } from '../support/platform.ts'
import { beginRequest, fillRequest } from './applicant.ts'
import { fileFor, testAttachments } from './attachments.ts'
import { personAt } from './person.ts'

/**
 * Who files what, and in which window: with a script, which does most to the fields. The sixth, the occupation of public ground, is
 * filed with a script and without one in `citizen-and-office.test.ts`.
 */
const REQUESTS = [
  { who: 'Giulia Conti', what: 'dichiarazione-cambio-indirizzo', width: 1280 },
  { who: 'Giulia Conti', what: 'contrassegno-disabili-rilascio', width: 360 },
  { who: 'Andriy Kovalenko', what: 'accesso-documentale', width: 1280 },
  { who: 'Elena Bruni', what: 'scia-esercizio-di-vicinato-apertura', width: 360 },
  { who: 'Giulia Conti', what: 'segnalazione-disservizio', width: 360 },
] as const

describe('the six procedures in a browser', function () {
  this.timeout(120_000)
  const site = testPlatform()
  const browser = testBrowser()
  const attachments = testAttachments()

  for (const { who, what, width } of REQUESTS) {
    it(`${what}, by ${who}, at ${width} px`, async () => {
      const person = personAt(await browser.visit({ javascript: true, width }), site.platform.url)
      await person.enter(who, `/servizi/${what}/avvia`)
      await person.look()
      const answers = sampleAnswers(romeDate(new Date()))[what] ?? {}
      await beginRequest(person, answers)
      await fillRequest(person, {
        answers,
        files: (control) => fileFor(attachments.files, control),
        onPage: person.look,
      })
      await person.look()
      await person.press('Conferma e invia')
      expect(await person.read()).to.match(/(Richiesta|Segnalazione) inviata[\s\S]*\d{7}\/\d{4}/)
      await person.look()
    })
  }
})
