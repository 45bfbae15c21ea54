import type handlebars from 'handlebars'

/** What is used here of the compiler of Handlebars; not in its published types. */
type Compiler = {
  useRegister(name: string): void
  popStack(): string | object | null
  push(code: unknown): void
  invokeKnownHelper(parameters: number, name: string): void
}
type Environment = { JavaScriptCompiler: new () => Compiler }

/**
 * Lets an environment compile `{{#if}}`, and `eq`, to a condition of JavaScript. Handlebars would call a helper for each, with half a dozen
 * objects made for the call alone: that was half of a page's time. Says the same of every value but a function, which no page has.
 */
export function compileConditionsPlainly(environment: typeof handlebars): void {
  const holder = environment as unknown as Environment

  class PlainConditions extends holder.JavaScriptCompiler {
    /** For the blocks of a template. */
    readonly compiler = PlainConditions

    override invokeKnownHelper(parameters: number, name: string): void {
      if (name === 'if') this.#pushCondition()
      else if (name === 'eq') this.#pushEquality()
      else super.invokeKnownHelper(parameters, name)
    }

    #pushCondition(): void {
      const [named, otherwise, block, value] = [this.popStack(), this.popStack(), this.popStack(), this.popStack()]
      if (named !== '{}' || block === null) throw new Error('{{#if}} takes one value, and a block')
      this.useRegister('met')
      const shown = (program: string | object | null) => (program === null ? ['""'] : [program, '(depth0)'])
      const isMet = ['(met = ', value, ') && !(Array.isArray(met) && met.length === 0)']
      this.push(['(', ...isMet, ' ? ', ...shown(block), ' : ', ...shown(otherwise), ')'])
    }

    #pushEquality(): void {
      const [, , , right, left] = [this.popStack(), this.popStack(), this.popStack(), this.popStack(), this.popStack()]
      this.push(['(', left, ' === ', right, ')'])
    }
  }
  holder.JavaScriptCompiler = PlainConditions
}
