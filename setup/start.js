import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compile } from './compile.js'
import { run } from './prepare.js'

await run(async () => {
  const part = resolve(await compile(), 'setup', 'start.js')
  return import(pathToFileURL(part).href)
})
