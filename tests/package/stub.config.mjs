// The real packaging configuration over a stub of Electron's own files: proves what goes into a package without Electron.
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import base from '../../electron-builder.config.mjs';

const { NtExecutable, NtExecutableResource, Resource } = createRequire(import.meta.url)('resedit');
const work = process.env.VIGIE_PACK_DIR;
if (!work) throw new Error('VIGIE_PACK_DIR names the folder to pack into');
const dist = join(work, 'electron');
const put = (name, data, mode = 0o644) => {
  const file = join(dist, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, data);
  chmodSync(file, mode);
};
rmSync(dist, { recursive: true, force: true });
for (const name of ['version', 'LICENSE', 'LICENSES.chromium.html']) put(name, 'stub');
put('electron', '#!/bin/sh\necho stub\n', 0o755);
put('electron.exe', windowsProgram());
put('Electron.app/Contents/Resources/electron.icns', 'stub');
put('Electron.app/Contents/Frameworks/Electron Framework.framework/Versions/A/Electron Framework', 'stub', 0o755);
for (const suffix of ['', ' Helper', ' Helper (GPU)', ' Helper (Plugin)', ' Helper (Renderer)']) {
  const app = suffix ? `Electron.app/Contents/Frameworks/Electron${suffix}.app` : 'Electron.app';
  put(`${app}/Contents/MacOS/Electron${suffix}`, 'stub', 0o755);
  put(
    `${app}/Contents/Info.plist`,
    propertyList({
      CFBundleName: 'Electron',
      CFBundleExecutable: `Electron${suffix}`,
      CFBundleIdentifier: 'com.github.Electron',
      CFBundlePackageType: 'APPL',
    }),
  );
}

/** The least that electron-builder's resource editor accepts as a program. */
function windowsProgram() {
  const program = NtExecutable.createEmpty();
  const resource = NtExecutableResource.from(program);
  const version = Resource.VersionInfo.create({
    lang: 1033,
    fixedInfo: { fileVersionMS: 45 << 16, fileVersionLS: 0 },
    strings: [{ lang: 1033, codepage: 1200, values: { FileDescription: 'Electron', ProductName: 'Electron' } }],
  });
  version.outputToResourceEntries(resource.entries);
  resource.outputResource(program);
  return Buffer.from(program.generate());
}

function propertyList(values) {
  const pairs = Object.entries(values).map(([key, value]) => `<key>${key}</key><string>${value}</string>`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">\n<plist version="1.0"><dict>${pairs.join('')}</dict></plist>\n`;
}

export default {
  ...base,
  electronDist: dist,
  // Fuses are set in Electron's own binary, integrity needs its header.
  electronFuses: null,
  directories: { ...base.directories, output: join(work, 'dist') },
  publish: [{ provider: 'generic', url: 'https://updates.example.invalid' }],
  win: { ...base.win, signAndEditExecutable: false },
  mac: { ...base.mac, identity: null },
};
