import { generate } from 'selfsigned';

/** A self-made certificate for loopback and its key, in PEM. */
export async function openCertificate(): Promise<{ key: string; cert: string }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], { keyType: 'ec' });
  return { key, cert };
}
