// What jest.config.js puts in the place of the compiled src/edits/text-merger.thread.js: its source, compiled as it is read.
const { transformFileSync } = require('@swc/core');

require.extensions['.ts'] = (module, file) => {
  const { code } = transformFileSync(file, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
    swcrc: false,
  });
  // oxlint-disable-next-line no-underscore-dangle -- Node's name for it
  module._compile(code, file);
};

module.exports = require('../../src/edits/text-merger.thread.ts');
