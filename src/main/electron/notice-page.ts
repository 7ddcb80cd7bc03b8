/** The shell's own page while there is no station to show: plain text, no script, links that the shell takes itself. */
export function noticePage(page: {
  title: string;
  body: string;
  hint?: string;
  actions?: { label: string; href: `vigie:${string}` }[];
}): string {
  const actions = (page.actions ?? [])
    .map(({ label, href }) => `<a href="${escape(href)}">${escape(label)}</a>`)
    .join('');
  const html = `<!doctype html><html lang="en"><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Vigie</title>
<style>
:root{color-scheme:dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:#0e1013;color:#e6e8eb;font:16px/1.5 system-ui,sans-serif}
main{max-width:36rem;padding:2rem}
h1{font-size:1.25rem;font-weight:600}
p{white-space:pre-wrap;overflow-wrap:anywhere}
.hint{color:#a7adb5}
a{display:inline-block;margin:.5rem .75rem 0 0;padding:.4rem .9rem;border:1px solid #4da3ff;border-radius:4px;color:#4da3ff;text-decoration:none}
a:focus-visible{outline:2px solid #e6e8eb;outline-offset:2px}
</style>
<main role="status"><h1>${escape(page.title)}</h1><p>${escape(page.body)}</p>${page.hint === undefined ? '' : `<p class="hint">${escape(page.hint)}</p>`}<nav>${actions}</nav></main>`;
  return `data:text/html;charset=utf-8,${encodeURIComponent(html)}`;
}

function escape(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (c) => names[c] ?? c);
}
