/**
 * README's reference, from the types that the package publishes: what it exports, the methods of a
 * model, and the members of every object that goes in or comes out. `node tests/packaging/api.js` puts
 * it into README between its marks; a test holds README against the types.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

import { marked } from '../bench/markdown.js';

const README = new URL('../../README.md', import.meta.url);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What stands in full in the text of README, or is made by builders. */
const PLAIN = new Set(['Spec', 'SpecInput']);

/** @typedef {{ checker: ts.TypeChecker, at: ts.Node }} Types `at`: the entry, from where names are seen */

/** @param {string} name of an entry @returns {Types & { exported: Map<string, ts.Symbol> }} */
function readTypes(name) {
  const entry = `${ROOT}dist/types/${name}.d.ts`;
  const program = ts.createProgram([entry], { strict: true, target: ts.ScriptTarget.ES2022 });
  const checker = program.getTypeChecker();
  const at = /** @type {ts.SourceFile} */ (program.getSourceFile(entry));
  const module = /** @type {ts.Symbol} */ (checker.getSymbolAtLocation(at));
  const exported = checker.getExportsOfModule(module).map((symbol) => {
    const isAlias = symbol.flags & ts.SymbolFlags.Alias;
    return /** @type {const} */ ([
      symbol.name,
      isAlias ? checker.getAliasedSymbol(symbol) : symbol,
    ]);
  });
  return { checker, at, exported: new Map(exported) };
}

/** @param {Types} types @param {ts.Type} type */
function typeText({ checker, at }, type) {
  const { NoTruncation, UseAliasDefinedOutsideCurrentScope } = ts.TypeFormatFlags;
  const flags = NoTruncation | UseAliasDefinedOutsideCurrentScope;
  return checker
    .typeToString(checker.getNonNullableType(type), at, flags)
    .replace(/import\("[^"]*"\)\./g, '')
    .replaceAll('<ArrayBufferLike>', '');
}

/** @param {string} text one line */
const line = (text) => text.replace(/\s+/g, ' ').trim();

/** @param {Types} types @param {ts.Symbol} symbol */
const docOf = ({ checker }, symbol) =>
  line(ts.displayPartsToString(symbol.getDocumentationComment(checker)));

/** Rest parameters only catch what is one too many. @param {ts.Symbol} parameter */
const isRest = ({ valueDeclaration }) =>
  Boolean(/** @type {ts.ParameterDeclaration} */ (valueDeclaration)?.dotDotDotToken);

/** @param {ts.Symbol} parameter */
function parameterText({ name, valueDeclaration }) {
  const { questionToken, name: node } = /** @type {ts.ParameterDeclaration} */ (valueDeclaration);
  return (ts.isIdentifier(node) ? name : 'options') + (questionToken ? '?' : '');
}

/** `{A | B} when`, as the parser hands it out. @param {string} text */
function thrownText(text) {
  const [, types, words] = /^\{(.+?)\}\s*(.*)$/.exec(text) ?? [];
  // What is thrown may be anything: the words say what.
  if (types === 'unknown') return words;
  const names = types.replace(/import\('[^']*'\)\./g, '').replaceAll(' | ', '`, `');
  return line(`\`${names}\` ${words}`);
}

/**
 * A function or method, and below it what goes in, comes out and is thrown.
 * @param {Types} types
 * @param {ts.Symbol} symbol
 * @param {string} name
 */
function callText(types, symbol, name) {
  const type = types.checker.getTypeOfSymbolAtLocation(symbol, types.at);
  const [signature] = type.getCallSignatures();
  const [hidden, parameters] = [true, false].map((rest) =>
    signature.getParameters().filter((parameter) => isRest(parameter) === rest),
  );
  const tagged = (/** @type {string} */ wanted) =>
    signature
      .getJsDocTags()
      .filter((tag) => tag.name === wanted)
      .map(({ text }) => line(ts.displayPartsToString(text)));
  const explained = tagged('param').flatMap((text) => {
    const [, parameter, words] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
    const isShown = words && hidden.every((rest) => rest.name !== parameter);
    return isShown ? [`\`${parameter}\`: ${words}`] : [];
  });
  const below = [
    ...explained,
    ...tagged('returns')
      .filter(Boolean)
      .map((text) => `gives ${text}`),
    ...tagged('throws').map((text) => `fails with ${thrownText(text)}`),
  ];
  const call = `${name}(${parameters.map(parameterText).join(', ')})`;
  const gives = typeText(types, signature.getReturnType());
  const head = `* **\`${call}\`** → \`${gives}\`. ${docOf(types, symbol)}`.trim();
  return [head, ...below.map((text) => `  * ${text}`)].join('\n');
}

/** @param {Types} types @param {ts.Symbol} model the class */
function methodTexts(types, model) {
  return types.checker
    .getDeclaredTypeOfSymbol(model)
    .getProperties()
    .filter(
      ({ name, flags }) =>
        flags & ts.SymbolFlags.Method && /^\w/.test(name) && !name.startsWith('__'),
    )
    .map((method) => callText(types, method, `model.${method.name}`));
}

/** The members of an object. @param {Types} types @param {string} name @param {ts.Symbol} symbol */
function objectText(types, name, symbol) {
  const cell = (/** @type {string} */ text) => text.replaceAll('|', '\\|');
  const rows = types.checker
    .getDeclaredTypeOfSymbol(symbol)
    .getProperties()
    .map((member) => {
      const type = typeText(types, types.checker.getTypeOfSymbolAtLocation(member, types.at));
      return `| \`${member.name}\` | \`${cell(type)}\` | ${cell(docOf(types, member))} |`;
    });
  return [
    `\`${name}\``,
    '',
    `| member | type | default, meaning |`,
    '| --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** @param {ReturnType<typeof readTypes>} types */
const functionTexts = ({ exported, ...types }) =>
  [...exported]
    .filter(([, { flags }]) => flags & ts.SymbolFlags.Function)
    .map(([name, symbol]) => callText(types, symbol, name));

/** @returns {string} README's reference, Markdown */
export function reference() {
  const [index, onnx] = ['index', 'onnx'].map(readTypes);
  const { exported, ...types } = index;
  const model = /** @type {ts.Symbol} */ (exported.get('Model'));
  const objects = [...exported]
    .filter(([name, { flags }]) => flags & ts.SymbolFlags.TypeAlias && !PLAIN.has(name))
    .map(([name, symbol]) => objectText(types, name, symbol));
  const calls = [
    ...functionTexts(index),
    ...methodTexts(types, model),
    ...functionTexts(onnx),
  ].join('\n');
  return [calls, ...objects].join('\n\n');
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const readme = await readFile(README, 'utf8');
  await writeFile(
    README,
    readme.replace(marked('reference'), (_, start, end) => `${start}\n${reference()}\n\n${end}`),
  );
}
