# Makes the plain comments of our headers Doxygen's: the first is the file's, those that head a section stay plain.
1s,^/\* ,/** @file\n * ,
/^ *\/\* ----/!s,^\( *\)/\* ,\1/** ,
s,\([;\,]\)  */\* \(.*\)\*/$,\1 /**< \2*/,
