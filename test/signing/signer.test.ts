import { expect } from 'chai'
import { signerFacts } from '../../server/signing/signer.ts'
import { signer } from './pki.ts'

describe('the signer as the certificate names them', () => {
  /** Anybody makes a certificate of their own: what it says stands on the pages of an office. */
  const hostile = (subject: object) => signerFacts(signer({ subject: { country: 'IT', ...subject } }).certificate)

  it('is on one line, without what cannot be seen', () => {
    expect(hostile({ givenName: 'Ann\u202egnp\u0001', surname: 'Lee\r\n\r\nFirma valida\ufffe' }).name).to.equal(
      'Anngnp Lee Firma valida',
    )
    expect(hostile({ commonName: 'Comune\u2066\n\ndi Vallechiara' }).name).to.equal('Comune di Vallechiara')
    expect(hostile({ commonName: 'x', organization: 'Studio\t\u202eLee' }).organization).to.equal('Studio Lee')
  })
})
