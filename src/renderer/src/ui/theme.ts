/** Mantine dressed in Vigie's tokens: it lends behaviour and accessibility, the look is ours. */
import { createTheme, mergeThemeOverrides, type CSSVariablesResolver, type MantineThemeOverride } from '@mantine/core';

const face = 'var(--face)';

const theme = createTheme({
  fontFamily: face,
  fontFamilyMonospace: 'var(--mono)',
  headings: { fontFamily: face, fontWeight: '600' },
  defaultRadius: 4,
  radius: { xs: '4px', sm: '4px', md: '4px', lg: '4px', xl: '4px' },
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.8125rem', lg: '0.9375rem', xl: '1.25rem' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  primaryColor: 'blue',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm' } },
    Select: { defaultProps: { size: 'sm', withCheckIcon: false, comboboxProps: { transitionProps: { duration: 0 } } } },
    Modal: { defaultProps: { transitionProps: { duration: 0 }, overlayProps: { backgroundOpacity: 0.6 } } },
    Menu: { defaultProps: { transitionProps: { duration: 0 } } },
    Tooltip: { defaultProps: { transitionProps: { duration: 0 }, openDelay: 400 } },
  },
});

/** With numbers typed and shown as the chosen language writes them. */
export const themeOf = (decimalSeparator: string): MantineThemeOverride =>
  mergeThemeOverrides(theme, {
    components: { NumberInput: { defaultProps: { size: 'sm', decimalSeparator } } },
  });

export const variables: CSSVariablesResolver = () => {
  const tokens = {
    '--mantine-color-body': 'var(--ground)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--text-2)',
    '--mantine-color-bright': 'var(--text)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-placeholder': 'var(--text-3)',
    '--mantine-color-default': 'var(--field)',
    '--mantine-color-default-hover': 'var(--hover)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--line)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-primary-color-filled': 'var(--accent)',
    '--mantine-primary-color-filled-hover': 'color-mix(in srgb, var(--accent) 86%, var(--text))',
    '--mantine-primary-color-contrast': 'var(--accent-ink)',
    '--mantine-color-blue-filled': 'var(--accent)',
    '--mantine-color-blue-filled-hover': 'color-mix(in srgb, var(--accent) 86%, var(--text))',
    '--mantine-color-disabled': 'var(--raised)',
    '--mantine-color-disabled-color': 'var(--text-3)',
    '--mantine-color-disabled-border': 'var(--line)',
    '--input-height-sm': '32px',
  };
  return { variables: {}, light: tokens, dark: tokens };
};
