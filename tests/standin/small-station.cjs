// The smallest station that a shell can hold: speaks contract/host.ts and serves one page. What it "records" is set over HTTP,
// so that a test can have the shell ask at exactly the right moment.
const { createServer } = require('node:http');

const parent = process.parentPort;
const option = (name) => process.argv[process.argv.indexOf(name) + 1];
let recording = 0;
let tickets = 0;
const redeemed = [];

const page = `<!doctype html><title>Small station</title><h1>Small station</h1><p id="args">${process.argv.slice(2).join(' ')}</p>
<a id="away" href="http://127.0.0.1:9/">away</a> <a id="redirected" href="/redirect">redirected</a>
<button id="out" onclick="">out</button><script src="/page.js"></script>`;
const script = `document.getElementById('out').addEventListener('click', () => window.open('https://docs.example/page'));
document.body.dataset.ticket = new URLSearchParams(location.hash.slice(1)).get('ticket') ?? 'none';`;

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://station');
  if (url.pathname === '/record') {
    recording = Number(url.searchParams.get('streams'));
    parent.postMessage({ type: 'recording', streams: recording });
    return response.end('ok');
  }
  if (url.pathname === '/redirect') return response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
  if (url.pathname === '/pid') return response.end(String(process.pid));
  const js = url.pathname === '/page.js';
  response.writeHead(200, {
    'content-type': js ? 'text/javascript' : 'text/html',
    'content-security-policy': "default-src 'self'",
  });
  return response.end(js ? script : page);
});

parent.on('message', ({ data }) => {
  if (data.type === 'ticket') {
    const ticket = `ticket-${++tickets}`;
    redeemed.push(ticket);
    parent.postMessage({ type: 'ticket', id: data.id, ticket });
  }
  if (data.type === 'stop') process.exit(0);
});

if (process.argv.includes('--demo')) {
  parent.postMessage({
    type: 'failed',
    message: 'The data folder /nowhere cannot be written. Give another with --data.',
  });
  setImmediate(() => process.exit(1));
} else {
  server.listen(process.argv.includes('--port') ? Number(option('--port')) : 0, '127.0.0.1', () =>
    parent.postMessage({ type: 'ready', url: `http://127.0.0.1:${server.address().port}`, recording }),
  );
}
