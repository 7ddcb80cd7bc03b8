import type { Session } from 'electron';
import { dialog } from 'electron';
import { askCertificate, createPins, fromChromium, judge } from './fingerprint.ts';
import type { Text } from './text.ts';

/**
 * Opens the way to another station: asks for its certificate, has a person compare an unknown or changed fingerprint, and from
 * then on lets Chromium accept exactly that certificate. Returns false when the person said no; throws when nobody answers.
 */
export async function trustStation(station: URL, session: Session, pinFile: string, text: Text): Promise<boolean> {
  if (station.protocol === 'http:') return true;
  const pins = createPins(pinFile);
  const shown = await askCertificate(station);
  const verdict = judge(shown, pins.of(station.host));
  if (verdict.trust !== 'yes') {
    const changed = verdict.trust === 'changed';
    const { response } = await dialog.showMessageBox({
      type: changed ? 'warning' : 'question',
      message: changed ? text.changedTitle(station.host) : text.unknownTitle(station.host),
      detail: changed ? text.changedBody(verdict.before, verdict.fingerprint) : text.unknownBody(verdict.fingerprint),
      buttons: [text.cancel, text.same],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    if (response !== 1) return false;
    pins.set(station.host, verdict.fingerprint);
  }
  session.setCertificateVerifyProc((request, answer) => {
    const agreed =
      request.hostname === station.hostname.replace(/^\[|\]$/g, '') &&
      fromChromium(request.certificate.fingerprint) === shown.fingerprint;
    // 0: accepted; -3: what Chromium itself found.
    answer(agreed ? 0 : -3);
  });
  return true;
}
