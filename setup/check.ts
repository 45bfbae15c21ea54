import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import ts from 'typescript'
import { say } from './say.ts'

/** What of style can be told by the text alone; which files had nothing wrong when they were last looked at is kept. */
const STYLE = ['node_modules/eslint/bin/eslint.js', '.', '--cache', '--cache-location', '.cache/eslint']
/** What can be told only by who knows the types: no file has a verdict of its own, so all are looked at each time. */
const TYPED_STYLE = ['node_modules/oxlint/bin/oxlint']

/** What runs in browsers sees other globals: each part is a program of its own. */
const OF_BROWSERS = ['server/web/client/tsconfig.json', 'verifier/browser/tsconfig.json']

const HOST: ts.ParseConfigFileHost = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))
  },
}

/** Type check and lint of all sources. Says what is wrong and ends with 1 if anything is. */
async function main(): Promise<number> {
  const styled = Promise.all([STYLE, TYPED_STYLE].map(isClean))
  const types = typeDefects()
  if (types.length > 0) say(ts.formatDiagnosticsWithColorAndContext(types, ts.createCompilerHost({})))
  return types.length === 0 && (await styled).every(Boolean) ? 0 : 1
}

function typeDefects(): readonly ts.Diagnostic[] {
  const ofBrowsers = OF_BROWSERS.map((file) => ts.createProgram(optionsOf(file)))
  return [...defectsOf(incremental('tsconfig.json')), ...ofBrowsers.flatMap(ownDefectsOf)]
}

function optionsOf(file: string): ts.CreateProgramOptions {
  const config = ts.getParsedCommandLineOfConfigFile(file, { noEmit: true }, HOST)
  if (!config) throw new Error(`${file} cannot be read`)
  return { rootNames: config.fileNames, options: config.options, configFileParsingDiagnostics: config.errors }
}

/** A program that knows which files have not changed since it was last checked. */
const incremental = (file: string): ts.EmitAndSemanticDiagnosticsBuilderProgram =>
  ts.createIncrementalProgram(optionsOf(file))

function defectsOf(program: ts.EmitAndSemanticDiagnosticsBuilderProgram): readonly ts.Diagnostic[] {
  const whole = [
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
  ]
  const defects = [...whole, ...program.getSyntacticDiagnostics(), ...program.getSemanticDiagnostics()]
  // Nothing but what is known of the files for the next time.
  program.emit()
  return defects
}

/** Of the files of this part alone: what they import of the platform is checked there, with its own globals. */
function ownDefectsOf(program: ts.Program): readonly ts.Diagnostic[] {
  const own = program.getRootFileNames().map((name) => program.getSourceFile(name))
  return [
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getOptionsDiagnostics(),
    ...own.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ]
}

/** Says what a linter found. */
async function isClean(linter: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(process.execPath, linter, { maxBuffer: Infinity })
    return true
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    say(`${stdout}${stderr}` || String(error))
    return false
  }
}

process.exitCode = await main()
