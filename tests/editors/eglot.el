;;; Eglot against the language server.  Run by run.py.  -*- lexical-binding: t; -*-
(load (expand-file-name "client.el" (file-name-directory load-file-name)) nil t)
(require 'project)
(require 'eglot)

(add-hook 'project-find-functions (lambda (_) (cons 'transient (expand-file-name default-directory))))
(setq eglot-sync-connect 15 eglot-send-changes-idle-time 0 flymake-no-changes-timeout nil xref-prompt-for-identifier nil
      enable-local-variables nil create-lockfiles nil)

(find-file "bad.hook")
(apply #'eglot (eglot--guess-contact))
(let ((finding (await "the finding" (lambda ()
                                      (flymake-start)
                                      (car (flymake-diagnostics))))))
  (same "place of the finding" '(3 . 4) (progn (goto-char (flymake-diagnostic-beg finding))
                                               (cons (line-number-at-pos) (current-column))))
  (same "end of the finding" 9 (progn (goto-char (flymake-diagnostic-end finding)) (current-column)))
  (unless (string-match-p "HK0005" (flymake-diagnostic-text finding))
    (error "The finding has no code: %S" (flymake-diagnostic-text finding))))

;; Eglot takes further files of the project by itself.
(find-file "orders.hook")
(await "the server" #'eglot-current-server)
(go-to "${limit}" 3)
(let ((hover (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover (eglot--TextDocumentPositionParams))))
  (unless (string-match-p "duration" (format "%S" hover)) (error "Hover does not say the type: %S" hover)))
(check-navigation)
(eglot-format-buffer)
(check-formatted)
(set-buffer-modified-p nil)
(hook-show-plan)
(unless (with-current-buffer "*hookc.plan*" (string-match-p "writes paused" (buffer-string))) (error "No plan"))
(with-current-buffer "orders.hook" (eglot-shutdown (eglot-current-server) nil 15))
(message "eglot: ok")
