import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compile } from './compile.js'
import { run } from './prepare.js'

// What is measured is what `npm start` runs. The measurements walk as the tests do, with their help.
await run(async () => {
  const part = resolve(await compile(['server', 'forms', 'setup', 'test', 'bench']), 'setup', 'bench.js')
  return import(pathToFileURL(part).href)
})
