import js from '@eslint/js'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['**/dist/', 'node_modules/', '.cache/', '.data/', '.assets/', 'certs/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
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
      '@typescript-eslint/require-await': 'off',
      // The compiler allows no enum here (erasableSyntaxOnly): looking for one is an eighth of the lint.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
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
  { files: ['server/**/*-store.ts'], rules: { '@typescript-eslint/no-unsafe-class-instance-assignment': 'off' } },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', document: 'readonly', window: 'readonly' },
    },
  },
)
