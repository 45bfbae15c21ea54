import { rmSync } from 'node:fs'
import { ESLint } from 'eslint'
import ts from 'typescript'
import { parser } from 'typescript-eslint'
import { say } from './say.ts'

/** Which files had nothing wrong when they were last looked at. */
const LINTED = '.cache/eslint'

/** What runs in browsers sees other globals: each part is a program of its own. */
const OF_BROWSERS = ['server/web/client/tsconfig.json', 'verifier/browser/tsconfig.json']

const HOST: ts.ParseConfigFileHost = {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))
  },
}

/**
 * Type check and lint of all sources by one process: what the compiler has learnt of their types serves both, and to learn it is most
 * of the work of either. Says what is wrong and ends with 1 if anything is.
 */
async function main(): Promise<number> {
  const platform = incremental('tsconfig.json')
  const ofBrowsers = OF_BROWSERS.map((file) => ts.createProgram(optionsOf(file)))
  const types = [...defectsOf(platform), ...ofBrowsers.flatMap(ownDefectsOf)]
  if (types.length > 0) say(ts.formatDiagnosticsWithColorAndContext(types, ts.createCompilerHost({})))
  const isStyled = await lint([platform.getProgram(), ...ofBrowsers])
  return types.length === 0 && isStyled ? 0 : 1
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

/** Its type names the first argument only. */
type Parser = Readonly<{ parseForESLint: (code: string, options: object) => object }>

async function lint(programs: readonly ts.Program[]): Promise<boolean> {
  const { parseForESLint: parse } = parser as Parser
  const parseForESLint = (code: string, options: object) => parse(code, { ...options, projectService: false, programs })
  const eslint = new ESLint({
    cache: true,
    cacheLocation: LINTED,
    overrideConfig: { files: ['**/*.ts'], languageOptions: { parser: { ...parser, parseForESLint } } },
  })
  const results = await eslint.lintFiles('.')
  if (results.every(({ errorCount }) => errorCount === 0)) return true
  say(await (await eslint.loadFormatter()).format(results))
  // What is wrong with a file may be mended in another, and then nobody would look at it again.
  rmSync(LINTED, { force: true })
  return false
}

process.exitCode = await main()
