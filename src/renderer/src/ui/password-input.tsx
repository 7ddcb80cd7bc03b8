import { PasswordInput as Plain, type PasswordInputProps } from '@mantine/core';
import { useTranslation } from '../text/index.ts';

/** A password field whose eye has a name in the person's language. */
export function PasswordInput(props: PasswordInputProps) {
  const { t } = useTranslation();
  return <Plain visibilityToggleButtonProps={{ 'aria-label': t('session.showPassword') }} {...props} />;
}
