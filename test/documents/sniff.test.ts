import { expect } from 'chai'
import { sniff } from '../../server/documents/sniff.ts'
import { JPEG_BYTES, makeDocx, makePdf, PNG_BYTES, TIFF_BYTES } from './files.ts'
import { createSigner } from './openssl.ts'

const of = (bytes: Buffer | string, name = 'file') => sniff(Buffer.from(bytes as string).subarray(0, 8192), name)

describe('reading the type of a file from its bytes', () => {
  const signer = createSigner()
  after(() => signer.remove())

  it('knows a PDF, also behind a few bytes of rubbish', async () => {
    const pdf = await makePdf()
    expect(of(pdf)).to.equal('application/pdf')
    expect(of(Buffer.concat([Buffer.from('\r\n\0\0'), pdf]))).to.equal('application/pdf')
  })

  it('knows a p7m in every dress, though the PDF inside shows its header', async () => {
    const pdf = await makePdf()
    const der = signer.sign(pdf)
    const base64 = der.toString('base64')
    expect(der.subarray(0, 1024).includes('%PDF-')).to.equal(true)
    const dresses = {
      der,
      ber: signer.sign(pdf, '-stream'),
      pem: signer.sign(pdf, '-outform', 'PEM'),
      smime: signer.sign(pdf, '-outform', 'SMIME'),
      base64,
      columns: base64.replaceAll(/(.{76})/g, '$1\r\n'),
      twice: Buffer.from(base64).toString('base64'),
    }
    for (const [dress, bytes] of Object.entries(dresses))
      expect(of(bytes, 'a.pdf.p7m'), dress).to.equal('application/pkcs7-mime')
  })

  it('tells a signature apart from its document from one around it, whatever they are called', async () => {
    const pdf = await makePdf()
    for (const name of ['a.p7s', 'a.pdf.p7m']) {
      expect(of(signer.sign(pdf), name)).to.equal('application/pkcs7-mime')
      for (const options of [[], ['-outform', 'PEM']])
        expect(of(signer.signApart(pdf, ...options), name)).to.equal('application/pkcs7-signature')
    }
  })

  it('knows pictures and archives', () => {
    expect(of(JPEG_BYTES)).to.equal('image/jpeg')
    expect(of(PNG_BYTES)).to.equal('image/png')
    expect(of(TIFF_BYTES)).to.equal('image/tiff')
    expect(of(makeDocx())).to.equal('application/zip')
  })

  it('knows texts, and tells the kinds apart', () => {
    expect(of('Buongiorno, è così')).to.equal('text/plain')
    expect(of(Buffer.from('perch\u00e9 \u0093no\u0094', 'latin1'))).to.equal('text/plain')
    expect(of('a;b\n1;2', 'dati.csv')).to.equal('text/csv')
    expect(of('<?xml version="1.0"?><a/>')).to.equal('application/xml')
    expect(of('\ufeff<a/>')).to.equal('application/xml')
    expect(of('From: a@example.it\r\nTo: b@example.it\r\nSubject: x\r\n\r\nciao')).to.equal('message/rfc822')
    expect(of('From: a@example.it\r\n (the\r\n\tmayor)\r\nTo: b@example.it\r\n\r\nciao')).to.equal('message/rfc822')
  })

  it('reads a text of folded lines once, whatever follows them', () => {
    // With a pattern that could read each line in two ways this would not end.
    expect(of(`A: x\r\n${' y\r\n'.repeat(60)}!`)).to.equal('text/plain')
  })

  it('does not cut a character in two at the end of the head', () => {
    expect(sniff(Buffer.from('però').subarray(0, 5), 'a.txt')).to.equal('text/plain')
    expect(sniff(Buffer.concat([Buffer.alloc(8191, 'a'), Buffer.from('è').subarray(0, 1)]), 'a.txt')).to.equal(
      'text/plain',
    )
  })

  it('tells pages that a browser would run', () => {
    expect(of('<!DOCTYPE html><p>', 'a.xml')).to.equal('text/html')
    expect(of('<?xml version="1.0"?><x:html xmlns:x="http://www.w3.org/1999/xhtml"/>', 'a.xml')).to.equal('text/html')
    expect(of('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'a.xml')).to.equal('image/svg+xml')
  })

  it('tells programs by their bytes, and by names that systems run', () => {
    expect(of('MZ\u0090\0\u0003', 'fattura.pdf')).to.equal('application/x-executable')
    expect(of('#!/bin/sh\nrm', 'nota.txt')).to.equal('application/x-executable')
    expect(of('\u007fELF', 'a')).to.equal('application/x-executable')
    expect(of('del *.*', 'leggimi.txt.BAT')).to.equal('application/x-executable')
  })

  it('does not guess', () => {
    expect(of(Buffer.from([0, 1, 2, 3, 4, 5, 200, 201]))).to.equal(undefined)
    expect(of(Buffer.from('3082000a0500', 'hex'), 'a.p7m')).to.equal(undefined)
  })
})
