export { createPasswords } from './passwords.ts';
export { createSecrets } from './secrets.ts';
export { fingerprintOf, loadCertificate, type Certificate } from './certificate.ts';
