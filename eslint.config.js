// Strict by what the text alone tells; the rules that ask for types are in .oxlintrc.json.
import js from '@eslint/js'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['**/dist/', 'node_modules/', '.cache/', '.data/', '.assets/', 'certs/'] },
  js.configs.recommended,
  tseslint.configs.strict,
  {
    rules: {
      'max-depth': ['error', 3],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      complexity: ['error', 10],
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          // `__proto__` and `constructor` are in every object: a name that comes from outside finds them.
          selector: "BinaryExpression[operator='in']:not([left.type='Literal'])",
          message: 'Use Object.hasOwn: a name from outside may be one that every object has.',
        },
        {
          // Of what is spread the compiler looks for no property that the type does not have.
          selector: "ObjectExpression > SpreadElement[argument.type='ObjectExpression']",
          message: 'Write the properties themselves: in a spread a mistyped one goes unseen.',
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
    },
  },
  {
    files: ['test/**', 'bench/**'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', document: 'readonly', window: 'readonly' },
    },
  },
)
