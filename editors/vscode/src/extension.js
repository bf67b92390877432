// Starts `rbk lsp` for the workspace and starts it again when its path changes or somebody asks for it.

const { commands, window, workspace } = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

/** @type {LanguageClient | undefined} */
let client;

function start() {
  const command = workspace.getConfiguration('rbk').get('path', 'rbk');
  const server = { command, args: ['lsp'] };
  client = new LanguageClient('rbk', 'rbk', server, {
    documentSelector: [{ language: 'rbk' }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher('**/{*.rbk,rbk.toml,rbk.lock}') },
  });
  return client.start().catch((error) => {
    window.showWarningMessage(
      `\`${command} lsp\` cannot be started (${error.message}). Install rbk, or say where it is in \`rbk.path\`.`,
    );
  });
}

async function stop() {
  const running = client;
  client = undefined;
  // One that never started cannot be stopped.
  await running?.stop().catch(() => {});
}

async function restart() {
  await stop();
  if (workspace.isTrusted) await start();
}

/** @param {import('vscode').ExtensionContext} context */
exports.activate = (context) => {
  context.subscriptions.push(
    commands.registerCommand('rbk.restart', restart),
    workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('rbk.path')) return restart();
    }),
    workspace.onDidGrantWorkspaceTrust(restart),
  );
  return restart();
};

exports.deactivate = stop;
