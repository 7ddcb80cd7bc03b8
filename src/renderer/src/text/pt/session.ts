import type { session as en } from '../en/session.ts';
import type { Shape } from '../shape.ts';

export const session = {
  firstRun: {
    title: 'Preparar esta estação',
    lead: 'Crie o administrador: a pessoa que adiciona câmaras e outros utilizadores.',
    name: 'Nome de utilizador',
    password: 'Palavra-passe',
    passwordHint: 'Pelo menos 10 caracteres. Uma frase é mais fácil de lembrar do que um enigma.',
    again: 'Palavra-passe, outra vez',
    create: 'Criar o administrador',
    kept: 'O vídeo é guardado enquanto houver espaço no disco; depois vai primeiro o mais antigo. Pode decidir de outro modo em Armazenamento, Conservação.',
    or: 'ou',
    noLogin: 'Sem início de sessão neste PC',
    noLoginHint:
      'Quem usar este PC pode ver e alterar tudo. Os outros PC continuam a pedir utilizador e palavra-passe.',
  },
  logIn: {
    title: 'Iniciar sessão',
    to: 'em {{station}}',
    name: 'Nome de utilizador',
    password: 'Palavra-passe',
    refused: 'O nome ou a palavra-passe não está certo. Verifique ambos e tente de novo.',
  },
  showPassword: 'Mostrar o que é escrito',
  check: {
    nameMissing: 'Introduza um nome de utilizador.',
    nameForm: 'Sem espaços, barras ou dois pontos no nome de utilizador.',
    passwordShort: 'Pelo menos 10 caracteres: {{count}} até agora.',
    passwordMissing: 'Introduza a palavra-passe.',
    passwordsDiffer: 'As duas palavras-passe são diferentes.',
  },
} satisfies Shape<typeof en>;
