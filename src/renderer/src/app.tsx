import { MantineProvider } from '@mantine/core';
import { useScreen } from './stores/screen.ts';
import { theme, variables } from './ui/theme.ts';

export function App() {
  const chosen = useScreen((s) => s.theme);
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      forceColorScheme={chosen === 'light' ? 'light' : 'dark'}
    >
      <main />
    </MantineProvider>
  );
}
