;;; The mode itself: colours, comments, indentation, imenu.  Run by run.py.  -*- lexical-binding: t; -*-
(setq backtrace-on-error-noninteractive nil)
(require 'cl-lib)
(require 'imenu)
(require 'hook-mode)

(defun same (what expected found)
  (unless (equal expected found) (error "%s: expected %S, found %S" what expected found)))

(defun go-to (text)
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(defun face-at (text)
  (go-to text)
  (let ((face (get-text-property (point) 'face))) (if (consp face) (car face) face)))

(find-file "orders.hook")
(same "mode" 'hook-mode major-mode)
(font-lock-ensure)
(same "statement" 'font-lock-keyword-face (face-at "hold backup"))
(same "type" 'font-lock-type-face (face-at "duration"))
(same "text" 'font-lock-string-face (face-at "writes paused"))
(same "placeholder" 'font-lock-preprocessor-face (face-at "${limit}"))
(same "name" nil (face-at "orders-db \"pause"))
(same "member" 'font-lock-variable-name-face (face-at "ready(db"))

(let ((index (imenu--make-index-alist t)))
  (dolist (entry '(("Hooks" . "server is up") ("Holds" . "writes paused") ("Tests" . "writes go on after a failed backup")
                   ("Pods and functions" . "orders-db") ("Params and secrets" . "limit")))
    (unless (assoc (cdr entry) (cdr (assoc (car entry) index))) (error "imenu has no %S: %S" entry index))))

(comment-region (point-min) (line-end-position))
(goto-char (point-min))
(same "comment" "# import std.postgres" (buffer-substring (point) (line-end-position)))

;; What `hookc fmt` wrote comes out of the indentation as it went in.
(dolist (file (directory-files (expand-file-name "../../examples" (file-name-directory load-file-name)) t "\\.hook\\'"))
  (with-temp-buffer
    (insert-file-contents file)
    (hook-mode)
    (let ((before (buffer-string)) (inhibit-message t))
      (goto-char (point-min))
      (while (not (eobp))
        (unless (looking-at "[ \t]*\\(?:#\\|$\\)\\|[ \t]+\\(?:release\\|until\\|at\\|because\\|and\\|or\\|then\\|else\\)\\_>") (hook-indent-line))
        (forward-line))
      (unless (equal before (buffer-string))
        (let ((line 1))
          (cl-loop for old in (split-string before "\n") for new in (split-string (buffer-string) "\n")
                   while (equal old new) do (setq line (1+ line))
                   finally (error "%s:%d is indented otherwise: %S, not %S" file line new old)))))))
(message "emacs: ok")
