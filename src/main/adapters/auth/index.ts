export { createPasswords } from './passwords.ts';
export { createSecrets, openSecrets, type Keychain } from './secrets.ts';
export { fingerprintOf, loadCertificate, type Certificate } from './certificate.ts';
export { createKeyring, type Keyring } from './keyring.ts';
export { openVolumeKeys } from './volume-keys.ts';
