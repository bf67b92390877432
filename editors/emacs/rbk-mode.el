;;; rbk-mode.el --- Runbooks that are checked before they run  -*- lexical-binding: t; -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: languages, tools

;;; Commentary:

;; Colours, indentation, comments, a menu of what a file declares, and `rbk lsp' by way of eglot.
;; The lists of words are checked against the grammar.

;;; Code:

(require 'rx)

(defgroup rbk nil
  "Runbooks that are checked before they run."
  :group 'languages)

(defcustom rbk-indent-offset 2
  "How many blanks a block is indented by.  The formatter knows two alone."
  :type 'integer
  :safe #'integerp)

(defcustom rbk-program "rbk"
  "The program `rbk': a name that is looked for in `exec-path', or a path."
  :type 'string)

(defcustom rbk-format-on-save nil
  "Whether a file is brought into the one layout when it is saved."
  :type 'boolean
  :safe #'booleanp)

;;;; Words

;; words: item
(defconst rbk--item
  (split-string
   "action const enum extern fn probe product record role runbook secret target test use window"))
;; words end

;; words: clause
(defconst rbk--clause
  (split-string
   "again blast chain changes clears deadline diagnose ends fresh holding incident inverse keep key
    lookup needs on only otherwise owner owns patience pause recurs remedy repeat scope settles severity
    steps touching version watch where zone"))
;; words end

;; words: statement
(defconst rbk--statement
  (split-string
   "attach attempt cleared do else for found guard hand if let match mitigated page retry return tell
    then undo verify wait waive with"))
;; words end

;; words: test
(defconst rbk--test
  (split-string
   "at case expect given"))
;; words end

;; words: operator
(defconst rbk--operator
  (split-string
   "ago and as in is not of or pick"))
;; words end

;; words: constant
(defconst rbk--constant
  (split-string
   "empty none some"))
;; words end

;; words: event
(defconst rbk--event
  (split-string
   "alert event request schedule"))
;; words end

;; words: sink
(defconst rbk--sink
  (split-string
   "amount executable flag host path payload population"))
;; words end

;; words: outcome
(defconst rbk--outcome
  (split-string
   "acknowledged applied breaks cancelled change continue did failed fails failure finding handed
    inconclusive no no_data nobody nothing novel owed paged resolved says self_resolved skip stop
    systemic told undone unknown unresolved"))
;; words end

;; words: modifier
(defconst rbk--modifier
  (split-string
   "abort after because by caller during every except human impossible keyed least missed most once per
    previous read resolves run safe takes this times type unneeded unsafe until weekly when within
    workday workdays"))
;; words end

;; words: tag
(defconst rbk--tag
  (split-string
   "cron promql re url"))
;; words end

;; words: reserved
(defconst rbk--reserved
  (split-string
   "ask step under"))
;; words end

(defun rbk--words (words &optional rest)
  "A matcher of WORDS that do not stand behind a dot.
REST is a pattern of what follows them."
  (let ((pattern (regexp-opt words 'symbols))
        (rest (or rest "")))
    (lambda (limit)
      (let (found)
        (while (and (not found) (re-search-forward pattern limit t))
          (setq found (and (not (eq (char-before (match-beginning 0)) ?.))
                           (save-match-data (looking-at rest)))))
        found))))

(defconst rbk--free "[ \t]*\\(?:$\\|//\\|->\\|[]},)\"]\\)\\|[ \t]+[^] \t:=<>!+*/-]"
  "What follows a word that may be a name, too.")

(defconst rbk--begins "[ \t]+[\"[:alnum:]_({~]"
  "What follows a word that begins a line or a clause.")

(defvar rbk-font-lock-keywords
  `((,(concat "^\\(?:extern[ \t]+\\)?" (regexp-opt '("record" "enum" "target") 'symbols) "[ \t]+\\(\\w+\\)")
     (2 font-lock-type-face))
    (,(concat "^\\(\\_<extern[ \t]+\\)?\\(" (regexp-opt rbk--item 'symbols) "\\)\\(?:[ \t]+\\([a-z_]\\w*\\)\\_>[^.]\\)?")
     (1 font-lock-keyword-face nil t)
     (2 font-lock-keyword-face)
     (4 font-lock-function-name-face nil t))
    ("^[ \t]*\\(remedy\\|watch\\|given[ \t]+finding\\)[ \t]+\\(\\w+\\)"
     (1 font-lock-keyword-face) (2 font-lock-function-name-face))
    ("\\_<\\(found\\)[ \t]+\\(\\w+\\)" (1 font-lock-keyword-face) (2 font-lock-function-name-face))
    ("\\_<\\(because\\)[ \t]+\\(\\w+\\)" (1 font-lock-keyword-face) (2 font-lock-constant-face))
    ("\\_<\\(let\\)[ \t]+\\(\\w+\\)" (1 font-lock-keyword-face) (2 font-lock-variable-name-face))
    ;; What stands before a colon is a name, whatever it is called.
    ("\\_<\\([A-Za-z_]\\w*\\)[ \t]*:" (1 font-lock-variable-name-face))
    (,(rbk--words rbk--clause rbk--begins) (1 font-lock-keyword-face))
    ("^[ \t]*\\_<\\(touching\\|diagnose\\|blast\\)\\_>" (1 font-lock-keyword-face))
    (,(rbk--words rbk--statement) (1 font-lock-keyword-face))
    (,(rbk--words rbk--test rbk--begins) (1 font-lock-keyword-face))
    (,(rbk--words rbk--operator) (1 font-lock-keyword-face))
    (,(concat "\\_<\\(?:on\\|given\\)[ \t]+" (regexp-opt rbk--event 'symbols)) (1 font-lock-keyword-face))
    (,(concat "[]?.[:word:]][ \t]" (regexp-opt rbk--sink 'symbols) "[ \t]*\\(?:[,)=]\\|$\\)") (1 font-lock-builtin-face))
    (,(rbk--words rbk--constant) (1 font-lock-constant-face))
    (,(concat "\\_<" (regexp-opt '("true" "false") t) "\\_>") (1 font-lock-constant-face))
    (,(rbk--words rbk--outcome rbk--free) (1 font-lock-constant-face))
    (,(rbk--words rbk--modifier rbk--free) (1 font-lock-keyword-face))
    ("\\(?:unsafe[ \t]+\\|unknown,[ \t]+\\)\\(probe\\)\\_>" (1 font-lock-keyword-face))
    (,(rbk--words rbk--reserved) (1 font-lock-warning-face))
    ("\\_<[A-Z]\\w*" . font-lock-type-face)
    ("\\_<\\([a-z_]\\w*\\)(" (1 font-lock-function-name-face))
    (,(concat (regexp-opt rbk--tag 'symbols) "\"") (1 font-lock-builtin-face))
    ("\\${\\([^}\"\n]*\\)}" (0 font-lock-preprocessor-face t) (1 font-lock-variable-name-face t)))
  "What is coloured in `rbk-mode', and how.")

(defvar rbk-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?_ "w" table)
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?\\ "\\" table)
    (dolist (mark '(?- ?+ ?* ?< ?> ?= ?~ ?? ?! ?% ?$ ?.))
      (modify-syntax-entry mark "." table))
    table))

(defun rbk--syntax-face (state)
  "The face of what STATE is in: a string, documentation or a comment."
  (cond ((nth 3 state) font-lock-string-face)
        ((save-excursion
           (goto-char (nth 8 state))
           (looking-at "//\\(?:/\\(?:[^/]\\|$\\)\\|!\\)"))
         font-lock-doc-face)
        (t font-lock-comment-face)))

(defconst rbk--syntax-propertize
  (syntax-propertize-rules
   ;; Three quotes are one fence: the first one opens or closes, the others say nothing.
   ("\\(\"\\)\\(\"\"\\)"
    (1 (unless (nth 4 (save-excursion (syntax-ppss (match-beginning 0)))) (string-to-syntax "|")))
    (2 (unless (nth 4 (save-excursion (syntax-ppss (match-beginning 0)))) (string-to-syntax "."))))))

;;;; Indentation

(defun rbk--code-end ()
  "The end of what the line says, before its comment and the blanks there."
  (save-excursion
    (let ((end (line-end-position)) (start (line-beginning-position)))
      (goto-char end)
      (let ((state (syntax-ppss)))
        (when (nth 4 state) (goto-char (max start (nth 8 state)))))
      (skip-chars-backward " \t" start)
      (point))))

(defun rbk--above ()
  "Go to the line above that says something; nil if there is none."
  (let (found)
    (while (and (not found) (zerop (forward-line -1)))
      (back-to-indentation)
      (setq found (< (point) (rbk--code-end))))
    (beginning-of-line)
    found))

(defun rbk--goes-on (opener)
  "Whether the line goes on what the line above says, both inside of OPENER."
  (save-excursion
    (beginning-of-line)
    (and (rbk--above)
         (or (null opener) (> (point) opener))
         (let ((end (rbk--code-end)))
           (or (save-excursion
                 (goto-char end)
                 (looking-back "\\(?:->\\|[-+*/=<>]\\|\\_<\\(?:and\\|or\\|in\\)\\)" (line-beginning-position)))
               ;; A comma goes on in a line of words, and not between the parts of a list or of a type.
               (and (not (memq (and opener (char-after opener)) '(?\( ?\[)))
                    (eq (char-before end) ?,)
                    (progn (back-to-indentation)
                           (looking-at ")\\|[A-Za-z_]\\w*[ \t]"))))))))

(defun rbk--opener ()
  "The place of the bracket that is open where the line begins."
  (nth 1 (save-excursion (syntax-ppss (line-beginning-position)))))

(defun rbk--start ()
  "The indentation of the statement that the line is part of."
  (save-excursion
    (while (rbk--goes-on (rbk--opener))
      (rbk--above))
    (current-indentation)))

(defun rbk--indentation ()
  "How far the line is indented; nil if it stays as it is."
  (let ((state (save-excursion (syntax-ppss (line-beginning-position)))))
    (unless (nth 3 state)
      (let* ((opener (nth 1 state))
             (base (if opener
                       (save-excursion
                         (goto-char opener)
                         (if (eq (char-after) ?{) (rbk--start) (current-indentation)))
                     0)))
        (cond ((save-excursion (back-to-indentation) (looking-at "[])}]")) base)
              (t (+ base
                    (if opener rbk-indent-offset 0)
                    (if (rbk--goes-on opener) rbk-indent-offset 0))))))))

(defun rbk-indent-line ()
  "Indent the line as the formatter does."
  (interactive)
  (let ((indentation (rbk--indentation)))
    (if (null indentation)
        'noindent
      (if (<= (current-column) (current-indentation))
          (indent-line-to indentation)
        (save-excursion (indent-line-to indentation))))))

;;;; Formatting

(defun rbk-format-buffer ()
  "Bring the buffer into the one layout.  What does not parse stays as it is."
  (interactive)
  (let ((formatted (generate-new-buffer " *rbk fmt*")))
    (unwind-protect
        (if (zerop (call-process-region nil nil rbk-program nil (list formatted nil) nil "fmt" "-"))
            (replace-buffer-contents formatted)
          (message "rbk fmt: the buffer does not parse"))
      (kill-buffer formatted))))

(defun rbk--before-save ()
  "Format the buffer if that is wanted."
  (when (and rbk-format-on-save (executable-find rbk-program))
    (rbk-format-buffer)))

;;;; The mode

(defconst rbk--menu
  (let ((name "[ \t]+\\(\\w+\\)"))
    `(("Runbooks" ,(concat "^runbook" name) 1)
      ("Products" ,(concat "^product" name) 1)
      ("Remedies" ,(concat "^[ \t]+remedy" name) 1)
      ("Watches" ,(concat "^[ \t]+watch" name) 1)
      ("Functions" ,(concat "^\\(?:extern[ \t]+\\)?\\(?:fn\\|probe\\|action\\)" name) 1)
      ("Types" ,(concat "^\\(?:record\\|enum\\|extern[ \t]+target\\)" name) 1)
      ("Names" ,(concat "^\\(?:role\\|const\\|secret\\|window\\)" name) 1)
      ("Tests" "^test[ \t]+\\w+[ \t]+\"\\([^\"\n]*\\)" 1)))
  "What stands in the menu of a file.")

;;;###autoload
(define-derived-mode rbk-mode prog-mode "rbk"
  "Major mode for runbooks."
  (setq-local comment-start "// "
              comment-end ""
              comment-start-skip "//+!?[ \t]*"
              indent-tabs-mode nil
              tab-width 2
              fill-column 120
              require-final-newline t
              imenu-generic-expression rbk--menu
              indent-line-function #'rbk-indent-line
              electric-indent-chars (append "{}()[]" electric-indent-chars)
              syntax-propertize-function rbk--syntax-propertize
              font-lock-defaults '(rbk-font-lock-keywords
                                   nil nil nil
                                   (font-lock-syntactic-face-function . rbk--syntax-face)))
  (add-hook 'before-save-hook #'rbk--before-save nil t))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.rbk\\'" . rbk-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs `(rbk-mode . (,rbk-program "lsp"))))

(provide 'rbk-mode)
;;; rbk-mode.el ends here
