"""From the bytes of a file to rows for the store: every row is accepted, rejected or a duplicate.

kinds      what a file is, by its content       encodings  which letters its bytes are
delimiters the sign between cells
texts      text files to rows of cells          workbooks  Excel workbooks to rows of cells
archives   zips to the files in them         features   GeoJSON to rows of cells
scanned    text files by their bytes            distinct   words as bytes, many at once
cells      rows of cells by distinct words      headers    the row of column names
reading    uploads to sheets                    sheets     rows under their column names
mended     our rejects, come back               dates      day or month first
mapping    their words to our codes             parsing    words to numbers, dates, times, posts
checking   cells to typed fields and issues     checked    a sheet after that
coordinates  places in every spelling           spots      the points of a sheet
repairs    what may mend a place, if allowed    placing    where crashes are, or why nowhere
rows       rows and what becomes of each        stacking   points that many crashes share
addresses  road and km post out of a text
keys       which crash a row belongs to         digests    fingerprints of what rows say
earlier    what earlier imports have            completing crashes told anew, with what came later
differing  what two imports say of one crash    settling   which of two imports is right
linking    rows to crashes, duplicates          deriving   what follows from what is known
drift      columns that changed since           sections   traffic of stretches to crashes
ledger     the whole walk, every row accounted for
documents  the account for page, command and file

And where no profile knows the files, a draft of one, for a person to confirm:

tabular    files to columns without a profile   synonyms   what columns are called, by language
values     what the values of a column are      personal   what must not be kept
coding     their code words to ours             drafts     what each column may be
proposing  the whole walk, with reasons
"""
