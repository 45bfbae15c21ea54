import handlebars from 'handlebars'

type Program = hbs.AST.Program
type Statement = hbs.AST.Statement
type Expression = hbs.AST.Expression
type Path = hbs.AST.PathExpression
type Block = hbs.AST.BlockStatement
type Mustache = hbs.AST.MustacheStatement
type Call = hbs.AST.PartialStatement | hbs.AST.PartialBlockStatement
/** As the parser gives it: a call without named arguments has no hash. */
type Arguments = Readonly<{ params: Expression[]; hash?: hbs.AST.Hash | undefined }>

/** The parsed partial of that name; undefined where there is none. */
type PartialNamed = (name: string) => Program | undefined

/**
 * A template as a tree, with the blanks taken away that its marks ask for. The marks go too: the compiler would read them again, beside
 * other neighbours. Compile with `ignoreStandalone` for the same reason.
 */
export function parsed(source: string): Program {
  const none = { open: false, close: false }
  const tree = JSON.stringify(handlebars.parse(source))
  return JSON.parse(tree, (key, value: unknown) => (/strip$/i.test(key) ? none : value)) as Program
}

/** Helpers in whose block `this` is what it was outside. */
const TRANSPARENT = ['if', 'unless']

/**
 * The template with its partials in it, wherever that says the same. Handlebars takes as long for the call of a partial as for ten
 * values, and for a call with named arguments it copies all that the page knows: half of a page's time. What stays a call: partials
 * that the data choose, that are given a context, that call themselves, and those whose arguments another call inside them inherits.
 */
export function inlined(program: Program, partialNamed: PartialNamed, within: readonly string[] = []): Program {
  return mapped(program, (statement) => {
    if (!isCall(statement)) return [statement]
    return (
      bodyOf(statement, partialNamed, within) ?? [withParts(statement, (part) => inlined(part, partialNamed, within))]
    )
  })
}

function bodyOf(call: Call, partialNamed: PartialNamed, within: readonly string[]): Statement[] | undefined {
  const name = nameOf(call)
  const partial = name === undefined || within.includes(name) ? undefined : partialNamed(name)
  if (name === undefined || !partial || call.params.length > 0) return undefined
  // The block first: it may be the one that the layout passes on to the layout around it.
  const whole = call.type === 'PartialBlockStatement' ? around(partial, call.program) : partial
  const body = filledIn(inlined(whole, partialNamed, [...within, name]).body, call)
  return body && indented(call, body)
}

/** A layout with what it is put around. */
function around(layout: Program, block: Program): Program {
  return mapped(layout, (statement) => {
    if (!isCall(statement)) return [statement]
    if (nameOf(statement) === '@partial-block') return indented(statement, block.body)
    return [withParts(statement, (part) => around(part, block))]
  })
}

/** Of a call on a line of its own the blanks before it are written once, as with `preventIndent`. */
function indented(call: Call, body: Statement[]): Statement[] {
  const { indent = '' } = call as { indent?: string }
  return indent === '' ? body : [content(indent, call), ...body]
}

/** Every statement replaced, those inside blocks too. */
function mapped(program: Program, replace: (statement: Statement) => Statement[]): Program {
  const body = program.body.flatMap((statement) =>
    isBlock(statement) ? [withParts(statement, (part) => mapped(part, replace))] : replace(statement),
  )
  return { ...program, body }
}

function withParts<Node extends Statement>(node: Node, change: (part: Program) => Program): Node {
  const { program, inverse } = node as { program?: Program; inverse?: Program }
  return { ...node, ...(program && { program: change(program) }), ...(inverse && { inverse: change(inverse) }) }
}

/** What stands for the names of arguments. `depth`: how many times `this` has become something else since the partial began. */
type Filling = Readonly<{ values: ReadonlyMap<string, Expression>; depth: number }>

/** Thrown where the arguments are needed as a whole, which only a call makes of them. */
class NeedsContext extends Error {}

/** The body with the arguments in their places; undefined where that cannot be. */
function filledIn(body: Statement[], { hash }: Arguments): Statement[] | undefined {
  if (!hash) return body
  const values = new Map(hash.pairs.map(({ key, value }) => [key, value]))
  try {
    return body.map((statement) => filled(statement, { values, depth: 0 }))
  } catch (error) {
    if (error instanceof NeedsContext) return undefined
    throw error
  }
}

function filled(statement: Statement, filling: Filling): Statement {
  if (isBlock(statement)) return filledBlock(statement, filling)
  if (isCall(statement)) return filledCall(statement, filling)
  return isMustache(statement) ? filledMustache(statement, filling) : statement
}

function filledBlock(block: Block, filling: Filling): Block {
  const part = (each: Program, how: Filling) => ({ ...each, body: each.body.map((inner) => filled(inner, how)) })
  const inner = TRANSPARENT.includes(block.path.original) ? filling : { ...filling, depth: filling.depth + 1 }
  const { inverse } = block as Partial<Block>
  return {
    ...block,
    ...filledArguments(block, filling),
    program: part(block.program, inner),
    // `{{else}}` of a list sees what is around the list.
    ...(inverse && { inverse: part(inverse, filling) }),
  }
}

function filledCall(call: Call, filling: Filling): Call {
  const inherits = filling.depth === 0 && call.params.length === 0
  if (inherits || call.type === 'PartialBlockStatement') throw new NeedsContext()
  return { ...call, ...filledArguments(call, filling), name: filledExpression(call.name, filling) as Path }
}

function filledMustache(mustache: Mustache, filling: Filling): Statement {
  const { params, hash } = mustache as Arguments
  const isValue = params.length === 0 && !hash
  const path = isValue ? filledExpression(mustache.path, filling) : mustache.path
  if (isPath(path)) return { ...mustache, ...filledArguments(mustache, filling), path } as Mustache
  const word = String((path as hbs.AST.StringLiteral | hbs.AST.NumberLiteral | hbs.AST.BooleanLiteral).value)
  return content(mustache.escaped ? handlebars.escapeExpression(word) : word, mustache)
}

function filledArguments({ params, hash }: Arguments, filling: Filling): Pick<Block, 'params'> {
  const pairs = hash?.pairs.map((pair) => ({ ...pair, value: filledExpression(pair.value, filling) }))
  return {
    params: params.map((each) => filledExpression(each, filling)),
    ...(hash && { hash: { ...hash, pairs } }),
  }
}

function filledExpression(node: Expression, filling: Filling): Expression {
  if (isSubExpression(node)) return { ...node, ...filledArguments(node, filling) }
  return isPath(node) && !node.data ? filledPath(node, filling) : node
}

function filledPath(path: Path, { values, depth }: Filling): Expression {
  // Beyond the partial: what its arguments were added to is no step of its own any more.
  if (path.depth > depth) return { ...path, depth: path.depth - 1 } as Path
  if (path.depth < depth) return path
  const [first, ...rest] = path.parts
  if (first === undefined) throw new NeedsContext()
  const value = values.get(first)
  if (!value || (rest.length === 0 && !isPath(value))) return value ?? path
  if (!isPath(value)) throw new NeedsContext()
  return longer(value, rest, depth)
}

/** The path to something in what the first leads to, from within so many blocks. */
function longer(path: Path, rest: string[], depth: number): Path {
  const { data, parts, original } = path
  const from = data ? path.depth : path.depth + depth
  return { ...path, depth: from, parts: [...parts, ...rest], original: [original, ...rest].join('.') }
}

const content = (value: string, { loc }: Statement): Statement =>
  ({ type: 'ContentStatement', value, original: value, loc }) as Statement

const nameOf = ({ name }: Call): string | undefined => (isPath(name) ? name.original : undefined)

const isPath = (node: Expression): node is Path => node.type === 'PathExpression'
const isSubExpression = (node: Expression): node is hbs.AST.SubExpression => node.type === 'SubExpression'
const isBlock = (node: Statement): node is Block => node.type === 'BlockStatement'
const isMustache = (node: Statement): node is Mustache => node.type === 'MustacheStatement'
const isCall = (node: Statement): node is Call =>
  node.type === 'PartialStatement' || node.type === 'PartialBlockStatement'
