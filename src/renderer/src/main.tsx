import { createRoot } from 'react-dom/client';
import { App, warmWall } from './app.tsx';
import { startScreen } from './stores/screen.ts';
import { startStores } from './stores/index.ts';
import { startText } from './text/index.ts';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './ui/tokens.css';
import './ui/base.css';
import './ui/wall.css';

async function start(root: HTMLElement): Promise<void> {
  if (location.pathname === '/') warmWall();
  await startText(startScreen());
  startStores();
  createRoot(root).render(<App />);
}

const root = document.getElementById('root');
if (root) void start(root);
