// The rooms and who may enter them (docs/architecture.md). Type-only imports count.
const test = '[.]test[.]tsx?$|^tests/|^bench/|^scripts/';
const no = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { ...from, pathNot: [test, ...[from.pathNot ?? []].flat()] },
  to,
});
/** A vendor package and the one place that may import it. */
const vendor = (name, packages, homes) =>
  no(
    `vendor-${name}`,
    { path: '^src/', pathNot: homes },
    { path: packages.map((p) => `(^|/)node_modules/(@types/)?${p}/`) },
    `only ${homes} may import ${packages.join(', ')}`,
  );

module.exports = {
  forbidden: [
    { ...no('no-cycles', {}, { circular: true }, 'a cycle hides the direction of data'), from: {} },
    { ...no('resolvable', {}, { couldNotResolve: true }, 'an import that leads nowhere'), from: { path: '^src/' } },
    {
      ...no(
        'sources-know-no-tests',
        {},
        { path: '^(tests|bench|scripts)/' },
        'sources import no tests, benches or scripts',
      ),
      from: { path: '^src/', pathNot: '[.]test[.]tsx?$' },
    },

    // Pure rooms: no Node, no DOM (the tsconfig layer), no other room.
    no(
      'domain-is-pure',
      { path: '^src/main/domain/' },
      { pathNot: '^src/main/(domain|media)/|node_modules/zod/' },
      'domain imports zod and media only',
    ),
    no(
      'contract-is-pure',
      { path: '^src/main/contract/' },
      { pathNot: '^src/main/(domain|contract|media)/|node_modules/(zod|@orpc/contract)/' },
      'contract imports domain, media, zod, @orpc/contract',
    ),
    no(
      'media-is-pure',
      { path: '^src/main/media/' },
      { pathNot: '^src/main/media/' },
      'media imports nothing but itself',
    ),
    no(
      'lib-is-small',
      { path: '^src/main/lib/' },
      { path: '^src/', pathNot: '^src/main/(lib|domain|media)/' },
      'lib serves all rooms and knows none',
    ),

    // The engine speaks through ports.
    no(
      'engine-not-outward',
      { path: '^src/main/engine/' },
      { path: '^src/(main/(adapters|station|electron|demo|pi)|renderer)/' },
      'the engine knows no adapter, no host, no demo',
    ),
    no(
      'engine-no-vendor',
      { path: '^src/main/engine/' },
      { path: 'node_modules/', pathNot: 'node_modules/(zod|ulid|@types/node)/' },
      'no vendor package in the engine',
    ),
    no(
      'workers-by-port-only',
      { path: '^src/main/', pathNot: '^src/main/station/' },
      { path: '^src/workers/', pathNot: '^src/workers/(lib/|[^/]+/port[.]ts$)' },
      'port.ts is the whole public face of a worker',
    ),

    // Adapters are islands behind the engine's ports.
    no(
      'adapters-are-islands',
      { path: '^src/main/adapters/([^/]+)/' },
      { path: '^src/main/adapters/', pathNot: '^src/main/adapters/$1/' },
      'an adapter never imports another',
    ),
    no(
      'adapters-see-ports-only',
      { path: '^src/main/adapters/' },
      { path: '^src/main/engine/', pathNot: '^src/main/engine/[a-z-]+-port[.]ts$' },
      'adapters see the ports, not the engine',
    ),
    no(
      'adapters-not-outward',
      { path: '^src/main/adapters/' },
      { path: '^src/(main/(station|electron|demo|pi)|renderer)/' },
      'adapters know no host',
    ),
    no(
      'adapters-by-their-door',
      { path: '^src/', pathNot: '^src/main/adapters/' },
      {
        path: '^src/main/adapters/[^/]+/',
        pathNot: '^src/main/adapters/([^/]+/index|onvif/metadata-door)[.]ts$',
      },
      "index.ts is an adapter's only door; onvif has a small one for workers",
    ),

    no(
      'workers-not-engine',
      { path: '^src/workers/' },
      { path: '^src/(main/(engine|station|electron|demo|pi|adapters/(http|auth))|renderer)/' },
      'workers know no engine and no host',
    ),
    no(
      'workers-are-islands',
      { path: '^src/workers/([^/]+)/' },
      { path: '^src/workers/', pathNot: '^src/workers/($1|lib|[^/]+/port[.]ts$)' },
      'a worker sees another only by its port',
    ),

    // Hosts and the demo site.
    no(
      'demo-is-a-camera',
      { path: '^src/main/demo/' },
      { path: '^src/', pathNot: '^src/main/(demo|domain|contract|media|lib)/' },
      'virtual cameras know nothing of the engine',
    ),
    no(
      'demo-from-station-only',
      { path: '^src/', pathNot: '^src/main/(demo|station)/' },
      { path: '^src/main/demo/' },
      'only the station starts the demo site',
    ),
    no(
      'station-is-the-root',
      { path: '^src/', pathNot: '^src/main/station/' },
      { path: '^src/main/station/' },
      'nobody imports the composition root',
    ),
    no(
      'shell-is-thin',
      { path: '^src/main/electron/' },
      { path: '^src/', pathNot: '^src/main/(electron|contract|domain|lib)/' },
      'the shell speaks the contract',
    ),
    no('nobody-imports-the-shell', { path: '^src/', pathNot: '^src/main/electron/' }, { path: '^src/main/electron/' }),
    no(
      'electron-only-in-shell',
      { path: '^src/', pathNot: '^src/main/electron/' },
      { path: '^electron$|node_modules/electron(-updater)?/' },
    ),

    // The screen.
    no(
      'renderer-sees-contract-only',
      { path: '^src/renderer/' },
      { path: '^src/(main|workers)/', pathNot: '^src/main/(domain|contract|media)/' },
      'the screen knows the contract, not the station',
    ),
    no('renderer-no-node', { path: '^src/renderer/' }, { dependencyTypes: ['core'] }, 'a page has no Node'),
    no(
      'client-package-in-stores',
      { path: '^src/renderer/', pathNot: '^src/renderer/src/(client|stores)/' },
      { path: 'node_modules/(@orpc/(client|openapi-client)|partysocket)/' },
      'only client and stores import the client package',
    ),
    no(
      'client-by-its-door',
      { path: '^src/renderer/', pathNot: '^src/renderer/src/client/' },
      { path: '^src/renderer/src/client/', pathNot: '^src/renderer/src/client/index[.]ts$' },
      'index.ts is the only door of the client',
    ),
    no('renderer-is-a-leaf', { path: '^src/(main|workers)/' }, { path: '^src/renderer/' }),

    // One folder per outside thing.
    vendor('sqlite', ['better-sqlite3'], '^src/main/adapters/sqlite/'),
    vendor('http', ['fastify', '@fastify', 'ws', '@orpc/(server|openapi|json-schema|zod)'], '^src/main/adapters/http/'),
    vendor('auth', ['hash-wasm', 'selfsigned'], '^src/main/adapters/auth/'),
    vendor('log', ['pino', 'rotating-file-stream'], '^src/main/(adapters/log|station)/'),
    vendor('ffmpeg', ['ffmpeg-static', '@ffmpeg-installer'], '^src/main/adapters/ffmpeg/'),
    vendor('mqtt', ['mqtt'], '^src/main/adapters/mqtt/'),
    vendor('onvif', ['onvif', 'sax'], '^src/main/adapters/onvif/'),
    vendor('onnx', ['onnxruntime-node'], '^src/main/adapters/onnx/'),
    vendor('archive', ['@aws-sdk'], '^src/main/adapters/archive/'),
    vendor('report', ['pdf-lib'], '^src/main/adapters/report/'),
    vendor(
      'screen',
      ['react', 'react-dom', '@mantine', 'zustand', 'wouter', 'i18next', 'react-i18next', 'lucide-react'],
      '^src/renderer/',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.node.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'],
    },
  },
};
