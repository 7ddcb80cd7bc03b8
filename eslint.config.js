import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import ts from 'typescript-eslint';

const namedExports = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only: a default export has no name to search for.',
};
const noEnum = {
  selector: 'TSEnumDeclaration',
  message: 'Use a union of literals: Node runs these files by stripping types.',
};
const noBareColon = {
  selector: 'TemplateElement[value.raw=/^[)]?: /], JSXText[value=/: *$/]',
  message: "Two texts are joined by t('app.sign.colon'): French has a space before it.",
};
const noBareDate = {
  selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
  message: 'Time is injected: take a Clock (lib/clock.ts).',
};
const dateNow = { object: 'Date', property: 'now', message: 'Time is injected: take a Clock (lib/clock.ts).' };
const processEnv = {
  object: 'process',
  property: 'env',
  message: 'Only the composition root (src/main/station) reads the environment.',
};

const tests = ['**/*.test.{ts,tsx}', 'tests/**/*.ts', 'bench/**/*.{ts,mjs}'];

export default defineConfig(
  { ignores: ['out', 'dist', 'dist-stub', 'node_modules', '.vigie', 'resources', '.dependency-cruiser.cjs'] },
  // A rule is changed here, with a reason, or obeyed; never switched off in a comment.
  { linterOptions: { noInlineConfig: true } },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // Numbers and booleans print as expected; objects, arrays and undefined do not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `() => doIt()` as a callback is clearer than a block around one call.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      // Objects are closures here (`createX` returns functions), not classes with a `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      // Instances of other people's classes come from their factories.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // Implementing an interface that promises needs `async` even where nothing is awaited yet.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      // Wire formats are full of control characters.
      'no-control-regex': 'off',
      'no-restricted-syntax': ['error', namedExports, noEnum, noBareDate],
      'no-restricted-properties': ['error', dateNow, processEnv],
    },
  },
  {
    files: ['src/renderer/**/*.{ts,tsx}'],
    extends: [hooks.configs.flat.recommended],
    rules: { 'no-restricted-syntax': ['error', namedExports, noEnum, noBareDate, noBareColon] },
  },
  {
    files: ['**/clock.ts'],
    rules: {
      'no-restricted-syntax': ['error', namedExports, noEnum],
      'no-restricted-properties': ['error', processEnv],
    },
  },
  {
    // ONNX Runtime is silenced by a variable: it is written where the library is loaded, so that nobody can forget it.
    files: ['src/main/station/**/*.ts', 'src/main/electron/**/*.ts', 'src/main/adapters/onnx/runtime.ts'],
    rules: { 'no-restricted-properties': ['error', dateNow] },
  },
  // The command line's answers go to standard output.
  { files: ['src/main/station/**/*.ts'], rules: { 'no-console': 'off' } },
  // Configuration files must export a default, and are read by tools, not by the station.
  {
    files: ['*.{js,ts,mjs,cjs}', '**/*.config.mjs'],
    rules: { 'no-restricted-syntax': ['error', noEnum], 'no-restricted-properties': 'off' },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        performance: 'readonly',
        structuredClone: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setImmediate: 'readonly',
        AbortController: 'readonly',
        AbortSignal: 'readonly',
        TextDecoder: 'readonly',
        TextEncoder: 'readonly',
        WebSocket: 'readonly',
        URLSearchParams: 'readonly',
        module: 'writable',
        require: 'readonly',
        __dirname: 'readonly',
      },
    },
  },
  {
    files: ['scripts/**', ...tests],
    rules: {
      'no-console': 'off',
      'no-restricted-syntax': ['error', noEnum, namedExports],
      'no-restricted-properties': 'off',
    },
  },
  {
    files: tests.filter((glob) => !glob.includes('mjs')).concat('bench/**/*.ts'),
    rules: {
      // In a test a wrong assumption shows at once as a failure.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
    },
  },
);
