package org.jdmtcp.core.procfs;

/**
 * What smaps says of a mapping beyond maps. All amounts are bytes.
 *
 * @param rss resident
 * @param pss resident, pages that others share counted in parts
 * @param privateDirty resident, changed, and nobody else's
 * @param anonymous resident and not a page of the file
 * @param swap in swap space
 * @param locked mlocked share of {@code pss}
 * @param kernelPageSize size of a page; more than the base page in hugetlb mappings
 * @param thpEligible whether the kernel would use transparent huge pages here
 * @param protectionKey x86 protection key; 0 where there are none
 */
public record MappingDetails(
        long rss,
        long pss,
        long privateDirty,
        long anonymous,
        long swap,
        long locked,
        long kernelPageSize,
        boolean thpEligible,
        int protectionKey,
        VmFlags flags) {

    /** Takes the lines after a mapping's header, up to the next header or the end. */
    static MappingDetails parse(ByteText text) {
        long rss = 0;
        long pss = 0;
        long privateDirty = 0;
        long anonymous = 0;
        long swap = 0;
        long locked = 0;
        long pageSize = 0;
        boolean thp = false;
        int key = 0;
        VmFlags flags = VmFlags.NONE;
        while (isDetail(text.peek())) {
            switch (text.until(':')) {
                case "Rss" -> rss = bytes(text);
                case "Pss" -> pss = bytes(text);
                case "Private_Dirty" -> privateDirty = bytes(text);
                case "Anonymous" -> anonymous = bytes(text);
                case "Swap" -> swap = bytes(text);
                case "Locked" -> locked = bytes(text);
                case "KernelPageSize" -> pageSize = bytes(text);
                case "THPeligible" -> thp = number(text) != 0;
                case "ProtectionKey" -> key = (int) number(text);
                case "VmFlags" -> flags = VmFlags.parse(text);
                default -> text.skipLine();
            }
        }
        return new MappingDetails(rss, pss, privateDirty, anonymous, swap, locked, pageSize, thp, key, flags);
    }

    /** Names of amounts begin with a capital; the header of a mapping begins with a hexadecimal digit in lower case. */
    static boolean isDetail(int octet) {
        return octet >= 'A' && octet <= 'Z';
    }

    private static long bytes(ByteText text) {
        return number(text) * 1024;
    }

    private static long number(ByteText text) {
        text.skipBlanks();
        long value = text.dec();
        text.skipLine();
        return value;
    }
}
