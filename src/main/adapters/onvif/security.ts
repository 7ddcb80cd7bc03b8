/** WS-Security UsernameToken with a password digest (Web Services Security UsernameToken Profile 1.1 §3.1; ONVIF Core §5.9.1). */
import { createHash, randomBytes } from 'node:crypto';
import { xml, type Xml } from './write-xml.ts';

const base = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-';

/** The header; `createdMs` on the device's own clock, or it will be refused as too old. Random bytes are given in tests only. */
export function usernameToken(
  username: string,
  password: string,
  createdMs: number,
  nonce: Buffer = randomBytes(20),
): Xml {
  const created = new Date(createdMs).toISOString();
  const digest = createHash('sha1').update(nonce).update(created, 'utf8').update(password, 'utf8').digest('base64');
  return xml`<wsse:Security s:mustUnderstand="1" xmlns:wsse="${base}wssecurity-secext-1.0.xsd" xmlns:wsu="${base}wssecurity-utility-1.0.xsd"><wsse:UsernameToken><wsse:Username>${username}</wsse:Username><wsse:Password Type="${base}username-token-profile-1.0#PasswordDigest">${digest}</wsse:Password><wsse:Nonce EncodingType="${base}soap-message-security-1.0#Base64Binary">${nonce.toString('base64')}</wsse:Nonce><wsu:Created>${created}</wsu:Created></wsse:UsernameToken></wsse:Security>`;
}
