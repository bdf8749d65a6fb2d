import { Dialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'

const KEYS: readonly { readonly title: string; readonly keys: readonly (readonly [string, string])[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['/', 'Filter what is shown'],
      ['g r', 'Go to runs'],
      ['c', 'Copy the value that is shown in full'],
      ['?', 'This help'],
      ['Esc', 'Close, or empty the filter'],
    ],
  },
  {
    title: 'On a run',
    keys: [
      ['j  k', 'Next, previous step'],
      ['1 … 6', 'Story, processes, network, files, timeline, raw'],
      ['x', 'Drop every filter'],
    ],
  },
  {
    title: 'In the process tree',
    keys: [
      ['↑ ↓', 'Move'],
      ['→ ←', 'Open or go in; fold or go out'],
      ['Home End', 'First, last'],
      ['*', 'Open all beside it'],
      ['Enter', 'Everything about this process'],
    ],
  },
]

export function HelpDialog({ open, onOpenChange }: { readonly open: boolean; readonly onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <div className="dialog-head">
            <Dialog.Title>Keyboard</Dialog.Title>
            <Dialog.Close className="icon-button" aria-label="Close">
              <X size={16} aria-hidden="true" />
            </Dialog.Close>
          </div>
          <div className="help">
            {KEYS.map((group) => (
              <section key={group.title}>
                <h3>{group.title}</h3>
                <dl>
                  {group.keys.map(([keys, what]) => (
                    <div key={keys} className="help-row">
                      <dt>
                        {keys.split(/\s{2}/).map((key) => (
                          <kbd key={key}>{key}</kbd>
                        ))}
                      </dt>
                      <dd>{what}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
          <p className="help-foot">
            <a href="/third-party.txt">Licences of fonts and libraries in this console</a>
          </p>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
