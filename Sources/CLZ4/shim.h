// The frame functions that take a dictionary are exported by the shared library but declared only on request.
#define LZ4F_STATIC_LINKING_ONLY
#include <lz4.h>
#include <lz4frame.h>
#include <lz4hc.h>
