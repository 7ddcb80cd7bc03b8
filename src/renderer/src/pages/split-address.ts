/**
 * Takes user and password out of a pasted RTSP address (`rtsp://user:pass@host/…`), percent-decoded; null when it has none.
 * The last `@` before the path ends them, for installers write passwords with `@` in them. Pure.
 */
export function splitAddress(address: string): { url: string; username: string; password: string } | null {
  const m = /^(rtsps?:\/\/)([^/?#]*)@([^@]*)$/i.exec(address.trim());
  if (!m) return null;
  const [, scheme = '', userinfo = '', rest = ''] = m;
  const colon = userinfo.indexOf(':');
  const decode = (text: string): string => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // a bare % in a password
    }
  };
  return {
    url: scheme + rest,
    username: decode(colon < 0 ? userinfo : userinfo.slice(0, colon)),
    password: colon < 0 ? '' : decode(userinfo.slice(colon + 1)),
  };
}
