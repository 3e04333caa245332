// malloc_trim and mallinfo2, which Glibc's module map leaves out; elsewhere there is neither.
#ifdef __linux__
#include <malloc.h>
#endif
