/** Types that no browser runs. XML, HTML, SVG and mail may carry scripts, and scripts are scripts: they leave as plain bytes. */
const INERT = /^(application\/(pdf|pkcs7-.*|zip|vnd\..*)|image\/(jpeg|png|tiff)|text\/(plain|csv))$/

/**
 * The headers with which every file leaves: to be saved, never to be shown inside our origin. The sandbox is for browsers that
 * open an attachment all the same.
 */
export const attachmentHeaders = (name: string, mediaType: string): Readonly<Record<string, string>> => ({
  'Content-Type': INERT.test(mediaType) ? mediaType : 'application/octet-stream',
  'Content-Disposition': attachmentHeader(name),
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': "sandbox; default-src 'none'",
  'Cache-Control': 'private, no-store',
})

/** `Content-Disposition` of RFC 6266: an ASCII name for old programs, the true one by RFC 8187. */
export function attachmentHeader(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^\u0020-\u007e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
